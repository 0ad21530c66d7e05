-- Counts every campaign again from the rows people wrote, and compares with the tallies of the ledger.
--
-- Written from the design alone: it knows the tables where work is recorded and what each measure means, and
-- nothing of batches, posting or folding. One statement, one snapshot: what is not folded yet stands beside the
-- tallies, so the comparison holds while work goes on. Give it the sight of the whole house first:
--     SET quantriet.scope = '{*}';
--
-- A slice is class*100 + (level of the session + 1)*10 + form; 0 is "not told apart".
-- Grades: 1 recorded at the moment, 2 entered afterwards, 3 declared with a paper, 4 declared alone.
WITH campaign AS (
    SELECT id, book_id, policy,
           EXISTS (
               SELECT FROM campaigns_requirement AS asked
               JOIN campaigns_deadline AS due ON due.requirement_id = asked.id
               WHERE asked.campaign_id = campaigns_campaign.id AND asked.kind = 'essays'
           ) AS wants_essays
    FROM campaigns_campaign WHERE book_id IS NOT NULL
), owing_classes AS (
    SELECT campaign.id AS campaign_id, class.value::smallint AS person_class
    FROM campaign CROSS JOIN jsonb_array_elements_text(campaign.policy -> 'essays_of') AS class
    WHERE campaign.wants_essays
), roll AS (
    -- One pass over the roll: people alike are one row.
    SELECT campaign_id, unit_id, person_class, fulfilled_on IS NOT NULL AS studied, excuse <> '' AS excused,
           means, level, form, grade, count(*) AS people
    FROM campaigns_rollline WHERE state = 'summoned'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), named AS (
    SELECT campaign_id, unit_id, sum(people) AS people FROM roll WHERE studied GROUP BY 1, 2
), marks AS (
    SELECT meeting.campaign_id, mark.unit_id, mark.line_id IS NOT NULL AS on_roll, mark.state = 'late' AS late,
           mark.left_early, mark.grade,
           mark.person_class * 100 + (meeting.level + 1) * 10 + mark.form AS slice, count(*) AS people
    FROM conferences_attendance AS mark JOIN conferences_conference AS meeting ON meeting.id = mark.conference_id
    WHERE meeting.campaign_id IS NOT NULL AND mark.state IN ('present', 'late') AND mark.source <> 'superior'
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), declared AS (
    SELECT told.campaign_id, told.unit_id, told.kind, figure.key AS figure, figure.value::bigint AS amount,
           (told.level + 1) * 10 + told.form AS session, CASE WHEN told.paper = '' THEN 4 ELSE 3 END AS grade
    FROM campaigns_declaration AS told CROSS JOIN jsonb_each_text(told.figures) AS figure
), owed AS (
    -- What was waived or went over to a successor is not owed by this unit any more.
    SELECT campaign_id, unit_id, kind, state = 'done' AS done, grade,
           done_on <= (due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS in_time
    FROM campaigns_obligation WHERE state IN ('open', 'done')
), meeting AS (
    SELECT id, campaign_id, unit_id, (level + 1) * 10 AS level, form, head_chaired, head_taught,
           starts_at, ends_at, closed_at, state
    FROM conferences_conference WHERE campaign_id IS NOT NULL
), rows_of_work(campaign_id, unit_id, measure, slice, grade, amount) AS (
    -- 1 summoned, 40 essays due: the roll.
    SELECT campaign_id, unit_id, 1, person_class * 100, 1, people FROM roll
    UNION ALL
    SELECT roll.campaign_id, roll.unit_id, 40, roll.person_class * 100, 1, roll.people
    FROM roll JOIN owing_classes USING (campaign_id, person_class)
    -- 2 present (people), of them 9 made up and 10 credited from above: who has studied, once, where his line is.
    UNION ALL
    SELECT campaign_id, unit_id, measure, person_class * 100 + (level + 1) * 10 + form, grade, people
    FROM roll CROSS JOIN LATERAL (
        VALUES (2, true), (9, means = 'made_up'), (10, means = 'superior')
    ) AS counted(measure, holds)
    WHERE studied AND holds
    -- Declared presence stands only for whom nobody recorded by name.
    UNION ALL
    SELECT declared.campaign_id, declared.unit_id, 2, session, grade, amount - coalesce(named.people, 0)
    FROM declared LEFT JOIN named USING (campaign_id, unit_id)
    WHERE kind = 'presence' AND figure = 'present' AND amount > coalesce(named.people, 0)
    -- 3 excused: on the roll with a reason and not studied; or declared.
    UNION ALL
    SELECT campaign_id, unit_id, 3, person_class * 100, 2, people FROM roll WHERE excused AND NOT studied
    UNION ALL
    SELECT campaign_id, unit_id, 3, session, grade, amount FROM declared
    WHERE kind = 'presence' AND figure = 'excused'
    -- 5 attendances, 6 guests, 7 late, 8 left early: every mark of somebody who was there.
    UNION ALL
    SELECT campaign_id, unit_id, measure, slice, grade, people
    FROM marks CROSS JOIN LATERAL (
        VALUES (5, on_roll), (6, NOT on_roll), (7, late), (8, left_early)
    ) AS counted(measure, holds)
    WHERE holds
    UNION ALL
    SELECT meeting.campaign_id, guest.unit_id, 6, meeting.level + site.form,
           CASE WHEN guest.created_at BETWEEN meeting.starts_at - interval '1 hour'
                                          AND meeting.ends_at + interval '1 hour'
                 AND (meeting.closed_at IS NULL OR guest.created_at < meeting.closed_at) THEN 1 ELSE 2 END, 1
    FROM conferences_guest AS guest
    JOIN conferences_site AS site ON site.id = guest.site_id
    JOIN meeting ON meeting.id = site.conference_id
    UNION ALL
    SELECT campaign_id, unit_id, 6, session, grade, amount FROM declared
    WHERE kind = 'presence' AND figure = 'guests'
    -- What units owe (20, 30, 50, 60), have done (21, 31, 51, 61), have done in time (52, 63).
    UNION ALL
    SELECT owed.campaign_id, owed.unit_id, counted.measure, 0, counted.grade, 1
    FROM owed CROSS JOIN LATERAL (
        VALUES ('conference', 20, 1, true), ('materials', 30, 1, true), ('programme', 50, 1, true),
               ('report', 60, 1, true),
               ('conference', 21, owed.grade, owed.done), ('materials', 31, owed.grade, owed.done),
               ('programme', 51, owed.grade, owed.done), ('report', 61, owed.grade, owed.done),
               ('programme', 52, owed.grade, owed.done AND owed.in_time),
               ('report', 63, owed.grade, owed.done AND owed.in_time)
    ) AS counted(kind, measure, grade, holds)
    WHERE counted.kind = owed.kind AND holds
    -- 22 sites, 23 the head chaired, 24 the head taught: conferences that are over.
    UNION ALL
    SELECT meeting.campaign_id, site.unit_id, 22, meeting.level + site.form, 1, 1
    FROM conferences_site AS site JOIN meeting ON meeting.id = site.conference_id
    WHERE meeting.state = 'closed' AND site.state = 'closed'
    UNION ALL
    SELECT campaign_id, unit_id, measure, level + form, 1, 1
    FROM meeting CROSS JOIN LATERAL (VALUES (23, head_chaired), (24, head_taught)) AS counted(measure, holds)
    WHERE state = 'closed' AND holds
    -- 41 and 42 essays, 70 and 71 people to reach and reached: declared totals.
    UNION ALL
    SELECT campaign_id, unit_id, counted.measure, 0, grade, amount
    FROM declared JOIN (
        VALUES ('essays', 'handed_in', 41), ('essays', 'accepted', 42), ('outreach', 'due', 70),
               ('outreach', 'reached', 71)
    ) AS counted(kind, figure, measure) USING (kind, figure)
    -- 62 reports accepted, 80 remarks.
    UNION ALL
    SELECT campaign_id, unit_id, 62, 0, 1, 1 FROM reports_report
    WHERE state = 'accepted' AND obligation_id IS NOT NULL
    UNION ALL
    SELECT meeting.campaign_id, remark.unit_id, 80, meeting.level + meeting.form, 2, 1
    FROM conferences_remark AS remark JOIN meeting ON meeting.id = remark.conference_id
), counted AS (
    SELECT campaign.book_id, work.unit_id, work.measure, work.slice, work.grade, sum(work.amount)::bigint AS amount
    FROM rows_of_work AS work JOIN campaign ON campaign.id = work.campaign_id
    GROUP BY 1, 2, 3, 4, 5
), told AS (
    SELECT book_id, unit_id, measure::int, slice::int, grade::int, sum(amount)::bigint AS amount
    FROM (
        SELECT book_id, unit_id, measure, slice, grade, amount FROM ledger_tally
        UNION ALL
        SELECT entry.book_id, entry.unit_id, entry.measure, entry.slice, entry.grade, entry.amount
        FROM ledger_entry AS entry JOIN ledger_clock AS clock
          ON entry.epoch = clock.epoch AND entry.xid >= clock.horizon
    ) AS both_parts
    WHERE book_id IN (SELECT book_id FROM campaign)
    GROUP BY 1, 2, 3, 4, 5
), compared AS (
    SELECT book_id, unit_id, measure, slice, grade, coalesce(told.amount, 0) AS tally,
           coalesce(counted.amount, 0) AS counted
    FROM told FULL JOIN counted USING (book_id, unit_id, measure, slice, grade)
    WHERE coalesce(told.amount, 0) <> 0 OR coalesce(counted.amount, 0) <> 0
)
SELECT (SELECT count(*) FROM compared) AS cells,
       (SELECT count(*) FROM compared WHERE tally <> counted) AS differing,
       (SELECT coalesce(json_agg(first_ones), '[]') FROM (
           SELECT * FROM compared WHERE tally <> counted
           ORDER BY book_id, unit_id, measure, slice, grade LIMIT 20
       ) AS first_ones) AS differences
