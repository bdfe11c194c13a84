"""Data Docs (数据文档): the pages of Great Expectations for a month, under the home folder.

What belongs here: the file context that keeps results and writes pages. What does not: deciding
by them (`gate`) and how pages look (`pages`). Only the last run of a month is kept. All refused
rows are in the workbooks that go back to the senders, in their own words.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.expectations.pages import make_local, style, write_index
from pipelines.expectations.suite import SUITE
from warehouse.home import Home

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition

NAMED = 2_000
"""Refused rows of a piece up to which its page names them."""

_FORMS: Mapping[str, Mapping[str, Any]] = {
    "COMPLETE": {"unexpected_index_column_names": ["file", "sheet", "row_no"]},
    "SUMMARY": {},
}

_SETTINGS = """\
# Settings of Great Expectations for this home folder, written with the first month.
config_version: 4.0
analytics_enabled: false
progress_bars:
  globally: false
plugins_directory: plugins/
stores:
  expectations_store:
    class_name: ExpectationsStore
    store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: suites/}
  validation_results_store:
    class_name: ValidationResultsStore
    store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: results/}
  checkpoint_store:
    class_name: CheckpointStore
    store_backend:
      {class_name: TupleFilesystemStoreBackend, suppress_store_backend_id: true,
       base_directory: checkpoints/}
  validation_definition_store:
    class_name: ValidationDefinitionStore
    store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: definitions/}
expectations_store_name: expectations_store
validation_results_store_name: validation_results_store
checkpoint_store_name: checkpoint_store
data_docs_sites:
  months:
    class_name: SiteBuilder
    show_how_to_buttons: false
    store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: ../data_docs/}
    site_index_builder: {class_name: DefaultSiteIndexBuilder, show_cta_footer: false}
"""


def docs_index(home: Home) -> Path:
    """The page that lists all months."""
    return home.dagster / "data_docs" / "index.html"


class DataDocs:
    """The pages of one month: `begin` with the suite, `add` each piece, `finish`."""

    def __init__(self, home: Home, month: str) -> None:
        self._home = home
        self._month = month
        self._folder = home.dagster / "expectations"
        self._checkpoints: dict[str, Any] = {}

    def begin(self, suite: ExpectationSuite) -> BatchDefinition[Any]:
        """Forget what an earlier run of the month left and make the checkpoints; answers what
        pieces are handed over as."""
        import great_expectations as gx
        from great_expectations.checkpoint import UpdateDataDocsAction

        self._write_settings()
        self._forget()
        context = gx.get_context(mode="file", context_root_dir=self._folder)
        source = context.data_sources.add_or_update_pandas("rows").add_dataframe_asset("typed")
        whole = source.add_batch_definition_whole_dataframe("piece")
        definition = gx.ValidationDefinition(
            name=SUITE, data=whole, suite=context.suites.add_or_update(suite)
        )
        definition = context.validation_definitions.add_or_update(definition)
        for form, more in _FORMS.items():
            self._checkpoints[form] = context.checkpoints.add_or_update(
                gx.Checkpoint(
                    name=f"{SUITE}_{form.lower()}",
                    validation_definitions=[definition],
                    actions=[UpdateDataDocsAction(name="pages", site_names=["months"])],
                    result_format={
                        **more,
                        "result_format": form,
                        "return_unexpected_index_query": False,
                    },
                )
            )
        return whole

    def add(self, piece: pd.DataFrame, refused: int) -> None:
        """Judge `piece`, of which `refused` rows are refused, again for its page. Great
        Expectations writes down all rows that it names, so a page of many names none."""
        import great_expectations as gx

        form = "COMPLETE" if refused <= NAMED else "SUMMARY"
        now = datetime.now(UTC)
        self._checkpoints[form].run(
            batch_parameters={"dataframe": piece},
            run_id=gx.RunIdentifier(run_name=self._month, run_time=now),
        )

    def finish(self) -> tuple[Path, ...]:
        """Make the pages local and list them; answers the month's pages."""
        site = docs_index(self._home).parent
        make_local(site / "expectations")
        pages = make_local(self._pages)
        write_index(site, SUITE)
        return pages

    def _write_settings(self) -> None:
        styles = self._folder / "plugins" / "custom_data_docs" / "styles"
        styles.mkdir(parents=True, exist_ok=True)
        (styles / "data_docs_custom_styles.css").write_text(style(), encoding="utf-8")
        target = self._folder / "great_expectations.yml"
        if not target.exists():
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            draft.write_text(_SETTINGS, encoding="utf-8")
            draft.replace(target)

    def _forget(self) -> None:
        for folder in (self._folder / "results" / SUITE / self._month, self._pages):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _pages(self) -> Path:
        return docs_index(self._home).parent / "validations" / SUITE / self._month
