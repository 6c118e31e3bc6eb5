"""The built PWA: what is in it, what is not, and that it needs nobody to be built again."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from terminal.web import page, wheels
from terminal.web.build import build_site
from terminal.web.stage import stage_sources

CDN = re.compile(r"https?://(?!www\.w3\.org|127\.0\.0\.1)[\w.-]+")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("build") / "site"
    build_site(out)
    return out


def archive_of(site: Path) -> zipfile.ZipFile:
    (path,) = site.glob("app-*.zip")
    return zipfile.ZipFile(path)


def test_the_app_archive_is_an_allow_list(site: Path) -> None:
    with archive_of(site) as archive:
        names = archive.namelist()

    ours = [name for name in names if not name.startswith("__pypackages__/")]
    assert {name.split("/")[0] for name in ours} == {"shared", "terminal"}
    assert {Path(name).suffix for name in ours} <= {".py", ".mo"}
    assert [name for name in ours if name.startswith(("terminal/web/", "terminal/assets/"))] == []
    assert {name.split("/")[1] for name in names if name.startswith("__pypackages__/")} == {
        "flet",
        "msgpack",
        "repath.py",
        "six.py",
    }


def test_the_same_sources_make_the_same_build(site: Path, tmp_path: Path) -> None:
    build_id = build_site(tmp_path / "again")

    assert json.loads((site / "build.json").read_text()) == {"build_id": build_id}
    assert (tmp_path / "again" / "sw.js").read_bytes() == (site / "sw.js").read_bytes()


def test_another_source_makes_another_build(site: Path, tmp_path: Path) -> None:
    (tmp_path / "more.py").write_text("MORE = 1\n")

    build_id = build_site(tmp_path / "other", beside=[("shared/more.py", tmp_path / "more.py")])

    assert json.loads((site / "build.json").read_text()) != {"build_id": build_id}


def test_the_service_worker_lists_every_file_with_its_hash(site: Path) -> None:
    worker = (site / "sw.js").read_text()
    listed = json.loads(re.search(r"const FILES = (\{.*?\});", worker, re.DOTALL)[1])  # type: ignore[index]

    on_disk = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    assert set(on_disk) - set(listed) == {"sw.js", "build.json"}
    for name, digest in listed.items():
        sha256 = hashlib.sha256(on_disk[name].read_bytes()).digest()
        assert digest == "sha256-" + base64.b64encode(sha256).decode(), name


def test_the_page_names_no_other_host(site: Path) -> None:
    text = (site / "index.html").read_text()

    assert CDN.findall(text) == []
    assert 'flet.pyodideUrl="/terminal/pyodide/pyodide.mjs";' in text
    assert "flet.noCdn=true;" in text
    assert '<base href="/terminal/">' in text


def test_flets_own_service_worker_is_not_registered(site: Path) -> None:
    loading = (site / "flutter_bootstrap.js").read_text().rpartition("_flutter.loader.load(")[2]

    assert "onEntrypointLoaded" in loading
    assert "serviceWorker" not in loading
    assert not (site / "flutter_service_worker.js").exists()


def test_every_listed_font_is_there(site: Path) -> None:
    families = json.loads((site / "assets" / "FontManifest.json").read_text())

    assert "Roboto" in {family["family"] for family in families}
    for family in families:
        for font in family["fonts"]:
            assert (site / "assets" / font["asset"]).is_file()


def test_a_failed_build_leaves_the_old_site(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "served"
    build_id = build_site(out)
    monkeypatch.setattr("terminal.web.build.make_ours", _break)

    with pytest.raises(page.FletChanged):
        build_site(out)

    assert json.loads((out / "build.json").read_text()) == {"build_id": build_id}
    assert [path.name for path in tmp_path.iterdir()] == ["served"]


def _break(site: Path, *, base_path: str) -> None:
    raise page.FletChanged("moved")


def test_a_change_of_flets_page_stops_the_build() -> None:
    with pytest.raises(page.FletChanged, match="found it 0 times"):
        page.replace_once("<html></html>", r"<!-- Favicon -->", "")
    with pytest.raises(page.FletChanged, match="found it 2 times"):
        page.replace_once("aa", "a", "b")


def test_cached_wheels_need_no_package_index(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_download", _refuse)

    found = wheels.fetch_wheels(wheels.default_cache())

    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in found] == [
        wheel.sha256 for wheel in wheels.read_lock()
    ]


def _refuse(missing: list[wheels.LockedWheel], cache: Path) -> None:
    raise AssertionError(f"asked for {missing}")


def test_a_wheel_with_another_hash_is_not_used(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in wheels.fetch_wheels(wheels.default_cache()):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (flet,) = tmp_path.glob("flet-*.whl")
    flet.write_bytes(flet.read_bytes() + b"\0")
    monkeypatch.setattr(wheels, "_download", lambda missing, cache: None)

    with pytest.raises(wheels.WheelsMissing, match=r"flet 1\.0\.5"):
        wheels.fetch_wheels(tmp_path)


def test_the_locked_flet_is_the_one_whose_page_is_used() -> None:
    from importlib.metadata import version

    locked = {wheel.name: wheel.version for wheel in wheels.read_lock()}

    assert locked["flet"] == version("flet-web") == version("flet")


def test_the_phones_sources_start_without_the_rest_of_the_tree(tmp_path: Path) -> None:
    staged = tmp_path / "phone"
    stage_sources(staged)

    done = subprocess.run(
        [sys.executable, "-c", "import terminal.main"],
        cwd=staged,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in staged.iterdir()} == {"assets", "main.py", "shared", "terminal"}
    assert not (staged / "terminal" / "web").exists()
    assert (staged / "assets" / "icon.png").is_file()


def test_a_lock_line_without_hash_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("six==1.17.0\n")

    with pytest.raises(ValueError, match="expected 'name==version --hash"):
        wheels.read_lock(lock)
