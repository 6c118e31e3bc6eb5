"""What people type: exit codes, what is printed, and what is said when it does not work."""

import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image

from server.cli import main
from server.commands import bench
from server.commands.speech import qr_lines
from server.database import writer_engine
from tests.support.data_sets import first_receipts
from tests.support.fixtures import config_for, server_on


@pytest.fixture
def company(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names a company's database and an empty data folder."""
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    return database_url


def test_a_load_then_a_check_then_a_second_load(
    company: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(first_receipts(tmp_path / "receipts", 300))
    assert main(["load", folder]) == 0
    first = capsys.readouterr().out
    assert main(["ledger", "check", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main(["load", folder]) == 0
    second = capsys.readouterr().out

    assert "3,926 new items" in first
    assert "300 transactions sent, 300 of them new, 300 posted" in first
    assert (found["item_ledger_entries"], found["differences"]) == (300, 0)
    assert (found["on_hand_quantity"], found["inventory_value"]) == ("41008", "44520.39")
    assert "300 transactions sent, 0 of them new, 0 posted" in second
    assert "nothing was posted" in second


def test_a_check_that_finds_something_exits_1_and_says_where(
    company: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "check"]) == 0
    capsys.readouterr()
    with server_on(config_for(company, tmp_path / "home")) as app, writer_engine(app).begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO item_balance (item_no, variant_code, location_code, quantity_base)"
                " VALUES ('GHOST', '', 'DC', 100000)"
            )
        )

    assert main(["ledger", "check"]) == 1
    assert "item_no GHOST, location_code DC" in capsys.readouterr().out
    assert main(["ledger", "check", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["differences"] == 1
    assert {each["name"]: each["differences"] for each in found["invariants"]}["balances"] == 1


def test_a_person_is_added_with_secrets_that_are_not_typed_on_the_line(
    company: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCANLEDGER_PASSWORD", "correct horse battery")
    monkeypatch.setenv("SCANLEDGER_PIN", "4816")

    command = ["user", "add", "--name", "Dana", "--role", "supervisor", "--login", "dana", "--badge", "S1"]
    assert main(command) == 0
    assert capsys.readouterr().out == "P001 Dana, supervisor\n"
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("scanledger: login: ")


def test_a_weak_pin_is_refused_in_words(
    company: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1234\n"))

    assert main(["user", "add", "--name", "Marek", "--role", "worker", "--badge", "W1"]) == 1
    assert "easy to guess" in capsys.readouterr().err


def test_a_device_is_enrolled_by_a_code_that_stands_in_the_picture(
    company: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", "enrol"]) == 1
    assert "There is no location yet" in capsys.readouterr().err
    main(["load", str(first_receipts(tmp_path / "receipts", 1))])
    capsys.readouterr()

    assert main(["device", "enrol", "--url", "https://stock.example", "--name", "Dock phone"]) == 0
    printed = capsys.readouterr().out
    address = read_drawn(printed)
    code = address.rpartition("=")[2]
    assert address == f"https://stock.example/terminal/#enrol={code}"
    assert f"{code[:4]}-{code[4:]}" in printed
    assert main(["device", "enrol", "--location", "MOON"]) == 1
    assert main(["device", "enrol", "--device", "HH-99"]) == 1
    assert "no device HH-99" in capsys.readouterr().err


def test_a_folder_that_is_no_data_set_is_refused(
    company: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(tmp_path)]) == 1
    assert "expected" in capsys.readouterr().err


def test_devices_without_an_address_are_refused(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--devices", "3"]) == 1
    assert "--devices needs --url" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["postgresql://nobody@127.0.0.1:1/none", "nonsense", "oracle://somewhere/else"]
)
def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", address)

    assert main(["ledger", "check"]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("scanledger: ")
    assert "Traceback" not in complaint


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCANLEDGER_HOME", str(tmp_path / "file" / "home"))

    assert main(["ledger", "check"]) == 1
    assert "Cannot use the data folder" in capsys.readouterr().err


def test_a_wrong_word_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["lodger", "check"])

    assert stopped.value.code == 2


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["demo"],
        ["serve"],
        ["terminal", "build"],
        ["device", "enrol"],
        ["user", "add"],
        ["load"],
        ["ledger", "check"],
        ["bench"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--help"])
        assert stopped.value.code == 0
        assert f"scanledger {' '.join(words)}" in capsys.readouterr().out


def test_a_benchmark_reports_json_lines_and_an_unknown_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tests" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "bench_ink.py").write_text(
        'def run(report):\n    report("ink.pages", 30.0, "1/s", floor=60.0)\n'
    )
    monkeypatch.setattr(bench, "FOLDER", folder)

    assert main(["bench", "ink"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line == {"name": "ink.pages", "value": 30.0, "unit": "1/s", "floor": 60.0, "ratio": 0.5}
    assert main(["bench", "paper"]) == 1
    assert "expected one of ink" in capsys.readouterr().err


def test_a_code_of_half_blocks_reads_as_what_it_was_made_of() -> None:
    assert read_drawn("\n".join(qr_lines("http://localhost:8000/terminal/#enrol=ACDE3467"))) == (
        "http://localhost:8000/terminal/#enrol=ACDE3467"
    )


def read_drawn(printed: str) -> str:
    """What a phone reads off the half blocks in a text."""
    drawn = [line.strip("\n") for line in printed.splitlines() if "█" in line]
    upper, lower = {"█", "▀"}, {"█", "▄"}
    rows = [[char in half for char in line.strip(" ").ljust(1)] for line in drawn for half in (upper, lower)]
    width = max(len(row) for row in rows)
    picture = Image.new("L", (width + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, is_light in enumerate(row):
            picture.putpixel((x + 4, y + 4), 255 if is_light else 0)
    (found,) = zxingcpp.read_barcodes(picture.resize((picture.width * 8, picture.height * 8), 0))
    return found.text
