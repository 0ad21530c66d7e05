"""How the check-in page brings in what waits: its own modules in a real browser, with a server made up in the page.

The store, the seals and the sender are those of the page, read from their sources; only ``fetch`` is answered here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

SOURCES = Path(__file__).resolve().parents[2] / "frontend" / "src"
HOME = "http://localhost/"

# A device with `waiting` sealed rows (those of `damaged` changed afterwards), and a server that tells what it heard.
BEGIN = """async ({waiting, damaged}) => {
    const {openStore} = await import("/check_in/store.js");
    const {Sender} = await import("/check_in/sending.js");
    const {HouseClock} = await import("/check_in/clock.js");
    const vault = await import("/check_in/vault.js");
    const wrapped = await vault.wrap(7, "ab".repeat(32), "123456789012");
    const keys = await vault.unwrap(7, wrapped, "1234 5678 9012");
    const store = await openStore();
    await store.wipe();
    await store.keepDevice({number: 7, wrapped, validUntil: 0, offset: 0, seq: 0, tries: 0, sentAt: 0});
    for (let seq = 1; seq <= waiting; seq++) {
        const event = {id: `id-${seq}`, seq, act: "in", code: "x", at: seq, mac: ""};
        const kept = await vault.seal(keys, damaged.includes(seq) ? 0 : seq, event);
        await store.enqueue({seq, at: seq, ...kept});
    }
    const heard = {calls: [], lines: [], stopped: [], settled: [], most: 0, clocks: [], unsure: 0};
    const clock = new HouseClock(0);
    clock.set(Date.now());
    window.houseSays = () => clock.set(Date.now());
    let under = 0;
    window.answerTo = () => ({});
    window.fetch = async (_address, {body, headers}) => {
        under += 1;
        heard.most = Math.max(heard.most, under);
        const {events, clock: shown} = JSON.parse(body);
        heard.clocks.push(shown);
        heard.calls.push(events.map((event) => event.seq));
        heard.proof = headers.Authorization === `Quantriet-Device 7:${await vault.mac(keys, body)}`;
        await new Promise((later) => setTimeout(later));
        under -= 1;
        const {status = 200, codes = {}} = window.answerTo(events);
        if (status === 0) throw new TypeError("no line");
        const codeOf = (seq) => codes[seq] ?? "attendance.recorded";
        const answer = ({id, seq}) => ({id, code: codeOf(seq), sentence: "", is_done: !(seq in codes)});
        const told = status === 200 ? {answers: events.map(answer)} : {code: "scan.unfit", detail: "no"};
        return new Response(JSON.stringify(told), {status});
    };
    window.sender = new Sender(store, {scans: "/scans"}, keys, 7, clock, {
        line: (line) => heard.lines.push(line),
        settled: async (event) => heard.settled.push(event.seq),
        stopped: async (code) => { heard.stopped.push(code); window.sender.end(); },
        changed: () => undefined,
        unsure: async () => { heard.unsure += 1; window.houseSays(); },
    });
    window.left = async () => ({
        waiting: (await store.waiting()).map((row) => row.seq),
        refused: (await store.refused()).map((row) => row.seq),
        ...heard,
    });
}"""


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page that serves nothing but the modules."""
    context = browser.new_context()

    def serve(route: Route) -> None:
        path = SOURCES / route.request.url.removeprefix(HOME)
        if path.is_file():
            route.fulfill(body=path.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    context.route("**/*", serve)
    page = context.new_page()
    page.goto(HOME)
    yield page
    context.close()


def begin(desk: Page, waiting: int, *, damaged: tuple[int, ...] = ()) -> None:
    desk.evaluate(BEGIN, {"waiting": waiting, "damaged": list(damaged)})


def send(desk: Page, answer: str) -> dict[str, Any]:
    """What is left, and what was heard, after the server answered ``events`` like this."""
    asked = f"() => {{ window.answerTo = (events) => ({answer}); return sender.send().then(() => window.left()); }}"
    found: dict[str, Any] = desk.evaluate(asked)
    return found


def test_what_waits_goes_oldest_first_in_calls_of_at_most_500_and_one_at_a_time(desk: Page) -> None:
    begin(desk, 1203)

    found = desk.evaluate(
        "() => Promise.all([sender.send(), sender.send(), sender.send()]).then(() => window.left())"
    )

    assert [len(call) for call in found["calls"]] == [500, 500, 203]
    assert [seq for call in found["calls"] for seq in call] == list(range(1, 1204))
    assert (found["waiting"], found["refused"], found["most"], found["proof"]) == ([], [], 1, True)


def test_what_does_not_fit_is_found_and_stops_nothing_else(desk: Page) -> None:
    begin(desk, 40, damaged=(3,))

    found = send(desk, "events.some((event) => event.seq === 17) ? {status: 422} : {}")

    assert (found["waiting"], found["refused"]) == ([], [3, 17])
    assert sorted(found["settled"]) == [seq for seq in range(1, 41) if seq != 3]


def test_what_the_server_could_not_write_stays_and_what_it_refuses_moves_over(desk: Page) -> None:
    begin(desk, 4)

    found = send(desk, '{codes: {2: "scan.later", 3: "attendance.closed"}}')

    assert (found["waiting"], found["refused"]) == ([2], [3])
    assert (send(desk, "{}")["waiting"], send(desk, "{}")["refused"]) == ([], [3])


@pytest.mark.parametrize(
    ("answer", "line"), [("{status: 0}", "down"), ("{status: 503}", "busy"), ("{status: 500}", "busy")]
)
def test_without_an_answer_nothing_is_forgotten(desk: Page, answer: str, line: str) -> None:
    begin(desk, 3)

    found = send(desk, answer)

    assert (found["waiting"], found["refused"], found["lines"]) == ([1, 2, 3], [], [line])
    assert send(desk, "{}")["waiting"] == []


def test_a_stopped_device_sends_no_more(desk: Page) -> None:
    begin(desk, 3)

    found = send(desk, '{codes: {1: "device.revoked", 2: "device.revoked", 3: "device.revoked"}}')
    after = send(desk, "{}")

    assert (found["stopped"], found["refused"], len(after["calls"])) == (["device.revoked"], [], 1)


LEAP = "() => { const before = Date.now.bind(Date); Date.now = () => before() + 36 * 3600 * 1000; }"


def test_a_clock_that_leapt_asks_the_house_first_and_sends_by_it(desk: Page) -> None:
    begin(desk, 2)
    desk.evaluate(LEAP)

    left = send(desk, "{}")

    assert (left["unsure"], left["waiting"]) == (1, [])


def test_while_the_house_does_not_say_how_late_it_is_nothing_is_sent(desk: Page) -> None:
    begin(desk, 2)
    desk.evaluate(LEAP)
    desk.evaluate("() => { window.houseSays = () => undefined; }")

    left = send(desk, "{}")

    assert (left["calls"], left["waiting"], left["lines"]) == ([], [1, 2], ["down"])


def test_pauses_grow_to_a_minute_and_are_scattered(desk: Page) -> None:
    drawn = (
        "({pauseAfter}) => [1, 2, 3, 7, 30].map((failures) => [pauseAfter(failures), pauseAfter(failures)])"
    )
    pauses = desk.evaluate(f"import('/check_in/sending.js').then({drawn})")

    for pair, most in zip(pauses, (1000, 2000, 4000, 60_000, 60_000), strict=True):
        assert all(most / 2 <= pause <= most for pause in pair)
    assert any(first != again for first, again in pauses)


def test_a_drawn_code_opens_its_own_device_and_no_other(desk: Page) -> None:
    told = desk.evaluate(
        """async () => {
            const vault = await import("/check_in/vault.js");
            const codes = Array.from({length: 200}, vault.drawCode);
            const wrapped = await vault.wrap(7, "ab".repeat(32), codes[0]);
            const tries = [[7, codes[0]], [7, vault.shownCode(codes[0])], [7, codes[1]], [8, codes[0]]];
            const opened = [];
            for (const [device, code] of tries) opened.push((await vault.unwrap(device, wrapped, code)) !== null);
            return {codes, opened};
        }"""
    )

    assert told["opened"] == [True, True, False, False]
    assert {len(code) for code in told["codes"]} == {12}
    assert len(set(told["codes"])) == 200
    assert set("".join(told["codes"])) == set("0123456789")
