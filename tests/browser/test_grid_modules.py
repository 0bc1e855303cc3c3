"""The parts of the grid that reckon: numbers, blocks and sums, run where they run for a reporter."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")
SOURCES = Path(__file__).resolve().parents[2] / "static" / "js" / "grid"
ORIGIN = "http://grid.test"
TABLE = """
<form id="sheet"><table class="table-sheet"><tbody>
  <tr data-division="1"><th>市</th><td class="cell sum" data-sum-of="11 12" data-indicator="dry"><output></output></td></tr>
  <tr data-division="11"><th>甲</th><td class="cell" data-indicator="dry"><input value="0.1"></td></tr>
  <tr data-division="12"><th>乙</th><td class="cell" data-indicator="dry"><input value="0.2"></td></tr>
  <tr data-division="13"><th>丙</th><td class="cell" data-indicator="dry"><output>1,000.005</output></td></tr>
</tbody><tfoot><tr data-division="0"><th>合计</th><td class="sum" data-sum-of="1 13" data-indicator="dry"><output></output></td></tr>
</tfoot></table></form>
"""


@pytest.fixture
def modules(quiet):
    """A page that can import the modules; nothing listens."""

    def serve(route):
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if name.endswith(".js"):
            route.fulfill(path=SOURCES / name, content_type="text/javascript")
        else:
            route.fulfill(body=f'<link rel="icon" href="data:,">{TABLE}', content_type="text/html; charset=utf-8")

    quiet.route(f"{ORIGIN}/**", serve)
    quiet.goto(f"{ORIGIN}/")
    return quiet


def call(page, module: str, name: str, *arguments):
    return page.evaluate(
        "async ([module, name, given]) => (await import(`/${module}.js`))[name](...given)", [module, name, arguments]
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12.34", "12.34"),
        (" １，２３４．５ ", "1234.5"),
        ("1,234,567.80", "1234567.80"),
        ("1 234.5", "1234.5"),
        ("(66)", "-66"),
        ("（1,066.5）", "-1066.5"),
        ("−5", "-5"),
        ("+5", "5"),
        ("- 5", "-5"),
        ("'007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0.00", "0.00"),
        ("1.2e3", "1200"),
        ("1.25E-3", "0.00125"),
        ("123456789012345678901234.000001", "123456789012345678901234.000001"),
        ("", ""),
        ("—", ""),
        ("——", ""),
        ("-", ""),
        ("/", ""),
        ("\u3000\u00a0", ""),
        ("1,5", None),
        ("1,2345", None),
        ("1 2", None),
        ("1.2.3", None),
        ("12\n34", None),
        ("5²", None),
        ("½", None),
        ("—5", None),
        ("(-5)", None),
        ("12万", None),
        ("1e999", None),
        ("NaN", None),
        ("Infinity", None),
        ("0x10", None),
    ],
)
def test_a_number_is_read_as_it_is_meant_or_not_at_all(modules, text, plain):
    assert call(modules, "numbers", "clean", text) == plain


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [("12.30", "12.3", True), ("1,000", "1000.0", True), ("-0", "0", True), ("", "—", True), ("", "0", False), ("x", "x", True), ("100", "1", False)],
)  # fmt: skip
def test_the_same_number_may_be_written_in_two_ways(modules, one, other, equal):
    assert call(modules, "numbers", "same", one, other) is equal


@pytest.mark.parametrize(
    ("plain", "decimals", "text"),
    [
        ("1234567.005", 2, "1,234,567.01"),
        ("-0.005", 2, "−0.01"),
        ("-0.004", 2, "0.00"),
        ("999.995", 2, "1,000.00"),
        ("7", 4, "7.0000"),
        ("1499.5", 0, "1,500"),
    ],
)
def test_a_sum_is_printed_as_the_tables_print(modules, plain, decimals, text):
    script = "async ([plain, places]) => { const n = await import('/numbers.js'); return n.format(n.decimal(plain), places) }"
    assert modules.evaluate(script, [plain, decimals]) == text


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\t2\r\n3\t4\r\n", [["1", "2"], ["3", "4"]]),
        ("1\t\n\t4", [["1", ""], ["", "4"]]),
        ('"a\nb"\t"say ""hi"""\n5', [["a\nb", 'say "hi"'], ["5"]]),
        ('5" pipe\t"open\n6', [['5" pipe', '"open'], ["6"]]),
        ("7", [["7"]]),
        ("7\r", [["7"]]),
        ("", [[""]]),
        ("\n\n8", [[""], [""], ["8"]]),
    ],
)
def test_a_block_is_read_cell_by_cell(modules, text, rows):
    assert call(modules, "clipboard", "parse", text) == rows


def test_what_is_copied_comes_back_as_it_was(modules):
    rows = [["1", 'a "b"', "c\td"], ["", "e\nf", "2"]]
    assert call(modules, "clipboard", "parse", call(modules, "clipboard", "write", rows)) == rows


def test_sums_are_exact_leave_out_what_is_no_number_and_give_way_to_the_servers(modules):
    sums = modules.evaluate(
        """async () => {
          const { openSheet } = await import("/sheet.js");
          const { totalling } = await import("/totals.js");
          const totals = totalling(openSheet(document.querySelector("form")), 3);
          const read = () => [...document.querySelectorAll(".sum")].map((td) => td.innerText);
          const seen = [];
          totals.recalculate(["dry"]);
          seen.push(read());
          document.querySelector("input").value = "x";
          totals.recalculate(["dry"]);
          seen.push(read());
          const answer = [{ division: "0", indicator: "dry", value: "-7.5" }];
          totals.accept(answer, () => true);
          seen.push(read());
          totals.accept(answer, () => false);
          return [...seen, read()];
        }"""
    )
    assert sums == [["0.300", "1,000.305"], ["0.200", "1,000.205"], ["0.200", "1,000.205"], ["0.200", "−7.500"]]
