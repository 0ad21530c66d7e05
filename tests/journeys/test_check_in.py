"""The check-in page in a real browser on a phone of 360 px: enrolled with a line, at work without one, lost and found.

The line is cut for real (``broken_line``): nobody answers at the port. The camera is a film of one card.
"""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from quantriet.conferences import codes
from quantriet.conferences.commands import devices
from quantriet.conferences.models import Attendance, Device, Scan, Site
from quantriet.conferences.pages import check_in
from quantriet.conferences.queries import devices as known_devices
from quantriet.org import access
from quantriet.org.models import Person
from tests import factories
from tests.conferences.test_attendance import Town
from tests.journeys.broken_line import Line
from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.looking import faults as faults_of

PATIENCE = 60_000
"""Stretching a code takes a busy machine a while."""

PATTERN = re.compile(r"\d{4} \d{4} \d{4}")
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
WIDE, HIGH = 640, 480

Opens = Callable[[], BrowserContext]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started
    connections.close_all()


@pytest.fixture
def line(live_site: str) -> Iterator[Line]:
    at = urlsplit(live_site)
    found = Line((str(at.hostname), int(at.port or 80)))
    yield found
    found.cut()


@pytest.fixture
def phone(playwright: Playwright, town: Town, tmp_path: Path) -> Iterator[Opens]:
    """Opens the browser of one phone, whose storage stays when it is closed; its camera sees the card of An."""
    film = tmp_path / "card.y4m"
    film.write_bytes(film_of(card(town, town.an)))
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def opens() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "phone",
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, *CAMERA, f"--use-file-for-fake-video-capture={film}"],
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": 360, "height": 740},
            permissions=["camera"],
        )
        context.on("weberror", lambda fault: errors.append(str(fault.error)))
        opened.append(context)
        return context

    yield opens
    for context in opened:
        context.close()
    assert errors == []


def film_of(content: str) -> bytes:
    """A film in which a QR code is held before the camera, as Chromium's made-up camera plays it."""
    matrix = segno.make_qr(content, error="m").matrix
    scale = HIGH // (len(matrix) + 8)
    left, top = (WIDE - scale * len(matrix)) // 2, (HIGH - scale * len(matrix)) // 2
    light = bytearray(b"\xeb" * (WIDE * HIGH))
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                for at in range(top + y * scale, top + (y + 1) * scale):
                    begin = at * WIDE + left + x * scale
                    light[begin : begin + scale] = b"\x10" * scale
    frame = b"FRAME\n" + bytes(light) + b"\x80" * (WIDE * HIGH // 2)
    return f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 2


def card(town: Town, person: Person) -> str:
    return codes.personal(bytes(town.conference.code_key), town.conference.pk, person.pk)


def typed(town: Town, person: Person) -> str:
    return codes.shown(codes.short(bytes(town.conference.code_key), town.conference.pk, person.pk))


def one_time_code(town: Town) -> str:
    by = factories.actor("clerk", town.commune)
    with access.acting(by):
        return devices.offer(town.site, label="Máy cửa chính", by=by).code


def opened(context: BrowserContext, line: Line, fragment: str = "") -> Page:
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(f"{line.address}/may-diem-danh/{fragment}")
    return page


def enrolled(context: BrowserContext, line: Line, town: Town) -> tuple[Page, str]:
    """The page at work, kept by its worker, and the code that opens it."""
    page = opened(context, line, f"#ma={one_time_code(town)}")
    page.get_by_role("button", name="Đăng ký máy").click()
    shown = page.locator("[data-spot=new-code]")
    expect(shown).to_have_text(PATTERN, timeout=PATIENCE)
    code = shown.inner_text()
    page.get_by_label("Nhập lại mã từ giấy").fill(code)
    page.get_by_role("button", name="Đã ghi, bắt đầu").click()
    expect(page.get_by_role("heading", name=town.site.name)).to_be_visible(timeout=PATIENCE)
    page.evaluate(KEPT)
    return page, code


KEPT = """() => new Promise((done) => {
    const ready = () => navigator.serviceWorker.controller && done(true);
    navigator.serviceWorker.addEventListener("controllerchange", ready);
    ready();
})"""


def unlock(page: Page, code: str) -> None:
    page.get_by_label("Mã mở máy, 12 chữ số").first.fill(code)
    page.get_by_role("button", name="Mở máy").click()


def take(page: Page, code: str) -> None:
    page.get_by_label("Mã 8 ký tự trên thẻ").fill(code)
    page.get_by_role("button", name="Ghi", exact=True).click()


def rows() -> dict[str, tuple[str, str, bool]]:
    """Who is recorded how, by which way, and whether he left."""
    with factories.looking_everywhere():
        found = Attendance.objects.select_related("person")
        return {row.person.full_name: (row.state, row.source, row.out_at is not None) for row in found}


def test_taken_without_a_line_kept_through_a_closed_browser_and_brought_in(
    phone: Opens, line: Line, town: Town
) -> None:
    context = phone()
    page = opened(context, line, "#ma=ABCDE-12345")
    expect(page.get_by_label("Mã đăng ký máy")).to_have_value("ABCDE-12345")
    expect(page).to_have_url(f"{line.address}/may-diem-danh/")
    faults = faults_of(page)
    page.goto("about:blank")
    page, code = enrolled(context, line, town)

    line.cut()
    page.get_by_role("button", name="Bật máy ảnh").click()
    expect(page.locator("[data-answer]")).to_contain_text("Nguyễn Văn An", timeout=PATIENCE)
    expect(page.locator("[data-answer]")).to_contain_text("Đã quét lượt vào, chờ gửi.")
    page.get_by_role("button", name="Tắt máy ảnh").click()
    take(page, typed(town, town.binh))
    expect(page.locator("[data-answer]")).to_contain_text("Trần Thị Bình")
    expect(page.locator("[data-spot=line]")).to_have_text("Mất mạng: vẫn quét được, lượt nằm trong máy")
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("2")
    faults += faults_of(page)
    context.close()
    before = rows()

    page = opened(phone(), line)
    expect(page.locator("[data-spot=locked-waiting]")).to_contain_text("2 lượt chờ gửi")
    faults += faults_of(page)
    unlock(page, "0000 0000 0000")
    expect(page.locator("[data-spot=unlock-fault]")).to_contain_text("Mã chưa đúng.", timeout=PATIENCE)
    unlock(page, code)
    expect(page.get_by_role("heading", name=town.site.name)).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Ra").check()
    take(page, typed(town, town.binh))
    expect(page.locator("[data-answer]")).to_contain_text("Đã quét lượt ra, chờ gửi.")
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("3")

    line.mend()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("0", timeout=PATIENCE)
    expect(page.locator("[data-answer]")).to_contain_text("Đã sửa.")
    expect(page.locator("[data-spot=line]")).to_have_text("Có mạng")

    assert faults == []
    assert before == {}
    assert rows() == {
        "Nguyễn Văn An": ("present", "scan", False),
        "Trần Thị Bình": ("present", "code", True),
    }
    assert heard() == [(1, "in"), (2, "in"), (3, "out")]


def heard() -> list[tuple[int, str]]:
    """The events the server heard, in the order in which they happened."""
    with factories.looking_everywhere():
        return list(Scan.objects.order_by("at").values_list("sequence", "act"))


WRONG = """() => {
    const right = Date.now.bind(Date);
    window.wrong = 36 * 3600 * 1000;
    Date.now = () => right() + window.wrong;
}"""


def test_a_phone_whose_clock_is_set_right_while_scans_wait_tells_when_they_were_taken(
    phone: Opens, line: Line, town: Town
) -> None:
    context = phone()
    context.add_init_script(f"({WRONG})()")
    page, _code = enrolled(context, line, town)
    line.cut()
    take(page, typed(town, town.an))
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("1")
    taken = timezone.now()
    page.wait_for_timeout(6000)

    page.evaluate("() => { window.wrong = 0; }")
    line.mend()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("0", timeout=PATIENCE)

    with factories.looking_everywhere():
        at = Scan.objects.get().at
    assert abs(at - taken) < timedelta(seconds=3), "not the moment of sending"


UNKNOWN = "7XK49QZ2"
"""Nobody's code."""
PLANTED_NAME, PLANTED_KEY = "Đặng Văn Trồng Sẵn", bytes(range(100, 132))
PLANT = """async ([name, raw]) => {
    const bytes = Uint8Array.from(atob(raw), (letter) => letter.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    const asked = indexedDB.open("planted", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows");
    await new Promise((done) => (asked.onsuccess = done));
    const writing = asked.result.transaction("rows", "readwrite");
    writing.objectStore("rows").put({name, key}, 1);
    await new Promise((done) => (writing.oncomplete = done));
}"""


def found_in(folder: Path, needles: dict[str, bytes]) -> set[str]:
    """Which of these bytes stand anywhere in the files of a folder."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {name for name, needle in needles.items() if needle in content}
    return found


def in_all_forms(words: dict[str, str]) -> dict[str, bytes]:
    """Each word as files may hold it: as UTF-8 and as the two-byte letters of a browser's own storage."""
    return {
        f"{name} as {form}": word.encode(form)
        for name, word in words.items()
        for form in ("utf-8", "utf-16-le")
    }


def test_the_storage_of_a_lost_phone_shows_nobody_and_opens_nothing(
    phone: Opens, line: Line, town: Town, tmp_path: Path
) -> None:
    context = phone()
    page, code = enrolled(context, line, town)
    line.cut()
    for person in (town.an, town.binh):
        take(page, typed(town, person))
        expect(page.locator("[data-answer]")).to_contain_text(person.full_name)
    take(page, UNKNOWN)
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("3")
    page.evaluate(PLANT, [PLANTED_NAME, base64.b64encode(PLANTED_KEY).decode()])
    context.close()

    key = known_devices.keys_of(Device.objects.values_list("pk", flat=True))[Device.objects.get().pk]
    secrets = {one.full_name: one.full_name for one in town.people}
    secrets |= {f"card of {one.pk}": card(town, one) for one in town.people}
    secrets |= {f"letters of {one.pk}": typed(town, one).replace("-", "") for one in town.people}
    secrets |= {"key in hexadecimal": key.hex(), "opening code": code.replace(" ", ""), "as shown": code}
    secrets |= {"unit": town.cell.name, "unknown code": UNKNOWN}
    storage = tmp_path / "phone"

    assert found_in(storage, {**in_all_forms(secrets), "key": key}) == set()
    # Control: what lies there in the clear is found, a name as well as a key that pages cannot read out.
    planted = {
        "a name": PLANTED_NAME.encode("utf-16-le"),
        "a key": PLANTED_KEY,
        "our own store": "quantriet-check-in".encode("utf-16-be"),
    }
    assert found_in(storage, planted) == set(planted)


def test_what_is_refused_stays_a_stranger_cannot_leave_the_desk_and_a_stopped_phone_is_emptied(
    phone: Opens, line: Line, town: Town
) -> None:
    page, code = enrolled(phone(), line, town)
    refused = page.locator("[data-list=refused] li")

    take(page, UNKNOWN)
    expect(refused).to_have_count(1, timeout=PATIENCE)
    why = refused.locator("[data-row-why]").inner_text()
    take(page, "khong phai ma")
    expect(page.locator("[data-answer]")).to_contain_text("Đây không phải mã điểm danh.")
    faults = faults_of(page)
    refused.get_by_role("button", name="Đã xử lý").click()
    expect(refused).to_have_count(0)

    page.get_by_role("button", name="Chế độ quầy").click()
    expect(page.get_by_role("button", name="Khóa máy")).to_be_hidden()
    page.get_by_role("button", name="Rời chế độ quầy").click()
    leave(page, "1111 1111 1111")
    expect(page.locator("[data-spot=leave-fault]")).to_contain_text("Mã chưa đúng.", timeout=PATIENCE)
    page.get_by_role("button", name="Ở lại").click()
    faults += faults_of(page)
    page.get_by_role("button", name="Rời chế độ quầy").click()
    leave(page, code)
    expect(page.get_by_role("button", name="Khóa máy")).to_be_visible(timeout=PATIENCE)

    line.cut()
    take(page, typed(town, town.an))
    expect(page.locator("[data-answer]")).to_contain_text("chờ gửi")
    stop_the_device()
    line.mend()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.get_by_role("heading", name="Máy đã ngừng")).to_be_visible(timeout=PATIENCE)
    lost = page.locator("[data-lost]").inner_text()
    faults += faults_of(page)
    page.get_by_role("button", name="Đóng").click()
    expect(page.get_by_role("heading", name="Đăng ký máy này")).to_be_visible()

    assert why.startswith("Không có ai ở điểm này mang mã đó.")
    assert "Vào · Nguyễn Văn An, Chi bộ 1" in lost
    assert (page.evaluate(LEFT), rows(), faults) == ([0, 0, 0, 0], {}, [])


def test_wrong_codes_erase_the_names_and_never_what_waits(phone: Opens, line: Line, town: Town) -> None:
    page, _code = enrolled(phone(), line, town)
    line.cut()
    take(page, typed(town, town.an))
    expect(page.locator("dd [data-spot=waiting]")).to_have_text("1")
    page.get_by_role("button", name="Khóa máy").click()
    kept = [page.evaluate(LEFT)]

    for left in (4, 3, 2, 1):
        unlock(page, f"0000 0000 000{left}")
        expect(page.locator("[data-spot=unlock-fault]")).to_contain_text(f"Còn {left} lần", timeout=PATIENCE)
    kept.append(page.evaluate(LEFT))
    unlock(page, "0000 0000 0005")
    expect(page.locator("[data-spot=unlock-fault]")).to_contain_text("đã xóa danh sách tên", timeout=PATIENCE)
    kept.append(page.evaluate(LEFT))

    # Rows of the stores device, queue, refused, roll.
    assert kept == [[1, 1, 0, 1], [1, 1, 0, 1], [1, 1, 0, 0]]


def test_the_scan_page_of_a_signed_in_clerk_reads_with_the_same_camera(
    phone: Opens, line: Line, town: Town
) -> None:
    clerk = factories.signed_in(factories.account("clerk", town.commune))
    context = phone()
    context.add_cookies(
        [{"name": name, "value": one.value, "url": line.address} for name, one in clerk.cookies.items()]
    )
    page = context.new_page()
    page.goto(line.address + reverse("site-scan", args=[town.site.pk]))

    page.get_by_role("button", name="Bật máy ảnh").click()

    expect(page.locator("#scan-answer")).to_contain_text("Nguyễn Văn An", timeout=PATIENCE)
    assert rows() == {"Nguyễn Văn An": ("present", "scan", False)}


def test_the_roll_is_fetched_anew_while_the_page_stays_open(phone: Opens, line: Line, town: Town) -> None:
    context = phone()
    page = context.pages[0]
    page.clock.install()
    enrolled(context, line, town)
    Site.objects.filter(pk=town.site.pk).update(name="Hội trường đổi tên")

    with page.expect_response("**/api/v1/devices/roll") as asked:
        page.clock.fast_forward("40:00")

    assert asked.value.status == 200
    expect(page.get_by_role("heading", name="Hội trường đổi tên")).to_be_visible()


def newer(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """The house has another version of the page, as after an upgrade."""
    other = {**check_in._hashes(), "check_in.js": version}
    monkeypatch.setattr(check_in, "_hashes", lambda: other)


UPDATE = "navigator.serviceWorker.getRegistration().then((kept) => kept.update()).then(() => true)"


def test_a_newer_version_waits_for_who_works_and_takes_over_when_asked(
    phone: Opens, line: Line, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, code = enrolled(phone(), line, town)
    versions = [page.evaluate("caches.keys()")]

    newer(monkeypatch, "1")
    page.evaluate(UPDATE)
    expect(page.locator("[data-update]")).to_be_visible()
    expect(page.get_by_role("heading", name=town.site.name)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Cập nhật").click()
    expect(page.get_by_role("heading", name="Máy đang khóa")).to_be_visible()
    versions.append(page.evaluate("caches.keys()"))

    line.cut()
    page.reload()
    unlock(page, code)
    expect(page.get_by_role("heading", name=town.site.name)).to_be_visible(timeout=PATIENCE)

    assert [len(kept) for kept in versions] == [1, 1]
    assert versions[0] != versions[1]


LEFT = """async () => {
    const asked = indexedDB.open("quantriet-check-in");
    await new Promise((done) => (asked.onsuccess = done));
    const reading = asked.result.transaction(["device", "roll", "queue", "refused"]);
    const counts = [...reading.objectStoreNames].map((name) => reading.objectStore(name).count());
    await new Promise((done) => (reading.oncomplete = done));
    return counts.map((count) => count.result);
}"""


def leave(page: Page, code: str) -> None:
    page.get_by_role("dialog").get_by_label("Mã mở máy, 12 chữ số").fill(code)
    page.get_by_role("dialog").get_by_role("button", name="Rời", exact=True).click()


def stop_the_device() -> None:
    by = factories.operator()
    with access.acting(by):
        devices.revoke(Device.objects.select_related("site").get(), by=by)
