-- Counts every campaign and every year's standing work again from the rows people wrote, day by day, and compares with
-- the tallies of the ledger: each whole count, and each day's change of it.
--
-- Written from the design alone: it knows the tables where work is recorded and what each measure means, and
-- nothing of posting or folding (of a batch only whose book it is in). One statement, one snapshot: what is not folded
-- yet stands beside the tallies, so the comparison holds while work goes on. Give it the sight of the whole house first:
--     SET quantriet.scope = '{*}';
--
-- A slice is class*100 + (level of the session + 1)*10 + form; 0 is "not told apart".
-- Grades: 1 recorded at the moment, 2 entered afterwards, 3 declared with a paper, 4 declared alone.
-- What counts at a unit from a day until before another is +1 on the one and -1 on the other.
WITH campaign AS (
    SELECT id, book_id, policy, starts_on,
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
    SELECT campaign_id, unit_id, person_class, moved_on, excused_on, fulfilled_on, means, level, form, grade,
           count(*) AS people
    FROM campaigns_rollline WHERE state = 'summoned'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), left_behind AS (
    -- Where people stood before they moved.
    SELECT line.campaign_id, move.unit_id, line.person_class, move.moved_on_before, move.excused_on_before,
           move.moved_on, count(*) AS people
    FROM campaigns_rollmove AS move JOIN campaigns_rollline AS line ON line.id = move.line_id
    GROUP BY 1, 2, 3, 4, 5, 6
), stood AS (
    -- Who was summoned at a unit, from which day, until he moved on; and when he was excused there.
    SELECT roll.campaign_id, unit_id, person_class, coalesce(moved_on, starts_on) AS since, NULL::date AS until,
           excused_on, fulfilled_on AS excused_until, people
    FROM roll JOIN campaign ON campaign.id = roll.campaign_id
    UNION ALL
    SELECT left_behind.campaign_id, unit_id, person_class, coalesce(moved_on_before, starts_on), moved_on,
           excused_on_before, moved_on, people
    FROM left_behind JOIN campaign ON campaign.id = left_behind.campaign_id
), stretch(campaign_id, unit_id, measure, person_class, grade, since, until, people) AS (
    -- 1 summoned, 40 essays due, 3 excused: on the roll with a reason until he has studied.
    SELECT campaign_id, unit_id, 1, person_class, 1, since, until, people FROM stood
    UNION ALL
    SELECT campaign_id, unit_id, 40, person_class, 1, since, until, people
    FROM stood JOIN owing_classes USING (campaign_id, person_class)
    UNION ALL
    SELECT campaign_id, unit_id, 3, person_class, 2, excused_on, excused_until, people
    FROM stood WHERE excused_on IS NOT NULL
), named AS (
    SELECT campaign_id, unit_id, sum(people) AS people FROM roll WHERE fulfilled_on IS NOT NULL GROUP BY 1, 2
), marks AS (
    SELECT meeting.campaign_id, mark.unit_id, mark.line_id IS NOT NULL AS on_roll, mark.state = 'late' AS late,
           mark.left_early, mark.grade, mark.held_on,
           mark.person_class * 100 + (meeting.level + 1) * 10 + mark.form AS slice, count(*) AS people
    FROM conferences_attendance AS mark JOIN conferences_conference AS meeting ON meeting.id = mark.conference_id
    WHERE meeting.campaign_id IS NOT NULL AND mark.state IN ('present', 'late') AND mark.source <> 'superior'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), declared AS (
    SELECT told.campaign_id, told.unit_id, told.kind, figure.key AS figure, figure.value::bigint AS amount,
           (told.level + 1) * 10 + told.form AS session, CASE WHEN told.paper = '' THEN 4 ELSE 3 END AS grade,
           told.counted_on AS day
    FROM campaigns_declaration AS told CROSS JOIN jsonb_each_text(told.figures) AS figure
), duty AS (
    SELECT owed.id, owed.campaign_id, owed.unit_id, owed.kind, owed.state, owed.grade, owed.done_on, campaign.starts_on,
           owed.done_on <= (owed.due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS in_time
    FROM campaigns_obligation AS owed JOIN campaign ON campaign.id = owed.campaign_id
), handed AS (
    -- What each act that stands gave from the duty of a unit that ended to another's, or to nobody.
    SELECT act.id AS act_id, act.effective_on, (told.one ->> 0)::bigint AS duty_id,
           (told.one ->> 1)::bigint AS heir_id, told.one ->> 2 AS heir_was
    FROM org_act AS act
    CROSS JOIN LATERAL jsonb_array_elements(act.kept -> 'campaigns.duties' -> 'handed') AS told(one)
    WHERE act.state = 'done'
), taken AS (
    -- A duty that was made for it, or stands again; several handed over at once are taken over as one.
    SELECT DISTINCT act_id, heir_id, heir_was, effective_on FROM handed
    WHERE heir_id IS NOT NULL AND heir_was IN ('', 'handed')
), came AS (
    SELECT id, starts_on AS day FROM duty
    WHERE NOT EXISTS (SELECT FROM taken WHERE taken.heir_id = duty.id AND taken.heir_was = '')
    UNION ALL
    SELECT duty.id, greatest(taken.effective_on, duty.starts_on) FROM taken JOIN duty ON duty.id = taken.heir_id
), went AS (
    SELECT duty.id, greatest(handed.effective_on, duty.starts_on) AS day
    FROM handed JOIN duty ON duty.id = handed.duty_id
    -- What its unit was freed of is not owed since the unit had it last.
    UNION ALL
    SELECT duty.id, max(came.day) FROM duty JOIN came USING (id) WHERE duty.state = 'waived'
    GROUP BY 1 HAVING count(*) > (SELECT count(*) FROM handed WHERE handed.duty_id = duty.id)
), meeting AS (
    SELECT id, campaign_id, unit_id, (level + 1) * 10 AS level, form, head_chaired, head_taught, shift_of_id,
           starts_at, ends_at, closed_at, state, (starts_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
    FROM conferences_conference WHERE campaign_id IS NOT NULL
), site AS (
    -- A site in several shifts is one, from the first that ended.
    SELECT DISTINCT ON (coalesce(site.shift_of_id, site.id))
           meeting.campaign_id, site.unit_id, meeting.level + site.form AS slice, meeting.day
    FROM conferences_site AS site JOIN meeting ON meeting.id = site.conference_id
    WHERE meeting.state = 'closed' AND site.state = 'closed'
    ORDER BY coalesce(site.shift_of_id, site.id), meeting.closed_at
), rows_of_work(campaign_id, unit_id, measure, slice, grade, day, amount) AS (
    SELECT campaign_id, unit_id, measure, person_class * 100, grade, turn.day, turn.way * people
    FROM stretch CROSS JOIN LATERAL (VALUES (since, 1), (until, -1)) AS turn(day, way)
    WHERE turn.day IS NOT NULL AND (until IS NULL OR since < until)
    -- 2 present (people), of them 9 made up and 10 credited from above: who has studied, once, where his line is.
    UNION ALL
    SELECT campaign_id, unit_id, measure, person_class * 100 + (level + 1) * 10 + form, grade, fulfilled_on, people
    FROM roll CROSS JOIN LATERAL (
        VALUES (2, true), (9, means = 'made_up'), (10, means = 'superior')
    ) AS counted(measure, holds)
    WHERE fulfilled_on IS NOT NULL AND holds
    -- Declared presence stands only for whom nobody recorded by name.
    UNION ALL
    SELECT declared.campaign_id, declared.unit_id, 2, session, grade, day, amount - coalesce(named.people, 0)
    FROM declared LEFT JOIN named USING (campaign_id, unit_id)
    WHERE kind = 'presence' AND figure = 'present' AND amount > coalesce(named.people, 0)
    -- Declared: 3 excused, 6 guests, 41 and 42 essays, 70 and 71 people to reach and reached.
    UNION ALL
    SELECT campaign_id, unit_id, counted.measure, CASE WHEN kind = 'presence' THEN session ELSE 0 END, grade, day,
           amount
    FROM declared JOIN (
        VALUES ('presence', 'excused', 3), ('presence', 'guests', 6), ('essays', 'handed_in', 41),
               ('essays', 'accepted', 42), ('outreach', 'due', 70), ('outreach', 'reached', 71)
    ) AS counted(kind, figure, measure) USING (kind, figure)
    -- 5 attendances, 6 guests, 7 late, 8 left early: every mark of somebody who was there.
    UNION ALL
    SELECT campaign_id, unit_id, measure, slice, grade, held_on, people
    FROM marks CROSS JOIN LATERAL (
        VALUES (5, on_roll), (6, NOT on_roll), (7, late), (8, left_early)
    ) AS counted(measure, holds)
    WHERE holds
    UNION ALL
    SELECT meeting.campaign_id, guest.unit_id, 6, meeting.level + site.form,
           CASE WHEN guest.created_at BETWEEN meeting.starts_at - interval '1 hour'
                                          AND meeting.ends_at + interval '1 hour'
                 AND (meeting.closed_at IS NULL OR guest.created_at < meeting.closed_at) THEN 1 ELSE 2 END,
           meeting.day, 1
    FROM conferences_guest AS guest
    JOIN conferences_site AS site ON site.id = guest.site_id
    JOIN meeting ON meeting.id = site.conference_id
    -- What units owe (20, 30, 50, 60): from the day it came to them until it went.
    UNION ALL
    SELECT duty.campaign_id, duty.unit_id, counted.measure, 0, 1, turn.day, turn.way
    FROM (SELECT id, day, 1 AS way FROM came UNION ALL SELECT id, day, -1 FROM went) AS turn
    JOIN duty ON duty.id = turn.id
    JOIN (VALUES ('conference', 20), ('materials', 30), ('programme', 50), ('report', 60)) AS counted(kind, measure)
        ON counted.kind = duty.kind
    -- Have done (21, 31, 51, 61), have done in time (52, 63).
    UNION ALL
    SELECT duty.campaign_id, duty.unit_id, counted.measure, 0, duty.grade, duty.done_on, 1
    FROM duty CROSS JOIN LATERAL (
        VALUES ('conference', 21, true), ('materials', 31, true), ('programme', 51, true), ('report', 61, true),
               ('programme', 52, duty.in_time), ('report', 63, duty.in_time)
    ) AS counted(kind, measure, holds)
    WHERE duty.state = 'done' AND counted.kind = duty.kind AND holds
    -- 22 sites, 23 the head chaired, 24 the head taught: conferences that are over, several shifts once.
    UNION ALL
    SELECT campaign_id, unit_id, 22, slice, 1, day, 1 FROM site
    UNION ALL
    SELECT campaign_id, unit_id, measure, level + form, 1, day, 1
    FROM meeting CROSS JOIN LATERAL (VALUES (23, head_chaired), (24, head_taught)) AS counted(measure, holds)
    WHERE state = 'closed' AND shift_of_id IS NULL AND holds
    -- 62 reports accepted, 80 remarks.
    UNION ALL
    SELECT campaign_id, unit_id, 62, 0, 1, (accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 1
    FROM reports_report WHERE state = 'accepted' AND obligation_id IS NOT NULL
    UNION ALL
    SELECT meeting.campaign_id, remark.unit_id, 80, meeting.level + meeting.form, 2, meeting.day, 1
    FROM conferences_remark AS remark JOIN meeting ON meeting.id = remark.conference_id
), talk AS (
    -- The year's standing work: sessions a unit held of itself, at its own level; lectures held, at the level that sent
    -- the lecturer.
    SELECT unit_id, unit_id AS of_unit_id, held_on, members, others, paper, batch_id
    FROM lecturers_oraltalk WHERE struck_why = ''
    UNION ALL
    SELECT result.unit_id, lecture.to_unit_id, result.held_on, result.members, result.others, result.paper,
           result.batch_id
    FROM lecturers_lectureresult AS result JOIN lecturers_lecture AS lecture ON lecture.id = result.lecture_id
), turned AS (
    -- Moments at which units became of another level, and the level before: acts done, acts taken back.
    SELECT levels.key::bigint AS unit_id, turn.at, turn.level
    FROM org_act AS act CROSS JOIN LATERAL jsonb_each(act.did -> 'levels') AS levels
    CROSS JOIN LATERAL (
        VALUES (act.done_at, (levels.value ->> 0)::int), (act.undone_at, (levels.value ->> 1)::int)
    ) AS turn(at, level)
    WHERE act.done_at IS NOT NULL AND turn.at IS NOT NULL
), spoken AS (
    -- The level is that of the moment it was recorded. What is not in the book of its year is in none.
    SELECT book.id AS book_id, talk.*, CASE WHEN talk.paper = '' THEN 4 ELSE 3 END AS grade,
           (coalesce((SELECT level FROM turned WHERE turned.unit_id = talk.of_unit_id AND turned.at > batch.created_at
                      ORDER BY turned.at LIMIT 1), unit.level) + 1) * 10 + 1 AS session
    FROM talk JOIN ledger_batch AS batch ON batch.id = talk.batch_id
    JOIN ledger_book AS book
        ON book.id = batch.book_id AND book.kind = 'standing' AND book.year = extract(year FROM talk.held_on)
    JOIN org_unit AS unit ON unit.id = talk.of_unit_id
), counted_days AS (
    SELECT book_id, unit_id, measure, slice, grade, day, sum(amount)::bigint AS amount
    FROM (
        SELECT campaign.book_id, work.unit_id, work.measure, work.slice, work.grade, work.day, work.amount
        FROM rows_of_work AS work JOIN campaign ON campaign.id = work.campaign_id
        -- 81 sessions of oral propaganda, 5 how many listened: members (class 3) and others (class 6).
        UNION ALL
        SELECT book_id, unit_id, counted.measure, counted.slice, grade, held_on, counted.amount
        FROM spoken CROSS JOIN LATERAL (
            VALUES (81, session, 1), (5, 300 + session, members), (5, 600 + session, others)
        ) AS counted(measure, slice, amount)
    ) AS every
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(amount) <> 0
), counted AS (
    SELECT book_id, unit_id, measure, slice, grade, sum(amount)::bigint AS amount
    FROM counted_days GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0
), book AS (
    SELECT book_id AS id FROM campaign UNION SELECT id FROM ledger_book WHERE kind = 'standing'
), unfolded AS MATERIALIZED (
    SELECT entry.book_id, entry.unit_id, entry.measure, entry.slice, entry.grade, entry.occurred_on, entry.amount
    FROM ledger_entry AS entry JOIN ledger_clock AS clock
      ON entry.epoch = clock.epoch AND entry.xid >= clock.horizon
), told_days AS (
    SELECT book_id, unit_id, measure::int, slice::int, grade::int, occurred_on AS day, sum(amount)::bigint AS amount
    FROM (
        SELECT book_id, unit_id, measure, slice, grade, occurred_on, amount FROM ledger_tally_day
        UNION ALL
        SELECT * FROM unfolded
    ) AS both_parts
    WHERE book_id IN (SELECT id FROM book)
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(amount) <> 0
), told AS (
    SELECT book_id, unit_id, measure::int, slice::int, grade::int, sum(amount)::bigint AS amount
    FROM (
        SELECT book_id, unit_id, measure, slice, grade, amount FROM ledger_tally
        UNION ALL
        SELECT book_id, unit_id, measure, slice, grade, amount FROM unfolded
    ) AS both_parts
    WHERE book_id IN (SELECT id FROM book)
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0
), compared AS (
    SELECT book_id, unit_id, measure, slice, grade, NULL::date AS day, coalesce(told.amount, 0) AS tally,
           coalesce(counted.amount, 0) AS counted
    FROM told FULL JOIN counted USING (book_id, unit_id, measure, slice, grade)
    UNION ALL
    SELECT book_id, unit_id, measure, slice, grade, day, coalesce(told_days.amount, 0),
           coalesce(counted_days.amount, 0)
    FROM told_days FULL JOIN counted_days USING (book_id, unit_id, measure, slice, grade, day)
), summary AS (
    SELECT count(*) FILTER (WHERE day IS NULL) AS cells, count(*) FILTER (WHERE day IS NOT NULL) AS days,
           count(*) FILTER (WHERE tally <> counted AND day IS NULL) AS differing,
           count(*) FILTER (WHERE tally <> counted AND day IS NOT NULL) AS days_differing
    FROM compared
)
SELECT summary.*, (SELECT coalesce(json_agg(first_ones), '[]') FROM (
           SELECT * FROM compared WHERE tally <> counted
           ORDER BY book_id, unit_id, measure, slice, grade, day NULLS FIRST LIMIT 20
       ) AS first_ones) AS differences
FROM summary
