"""An import-linter contract: a context is entered by its doors only."""

from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Modules outside a context import nothing of it but its doors.

    contexts: packages below the root, for example `billing`.
    doors: the modules of each that others may import, for example `queries`.
    extra_doors: single modules more, for example `sites.tenant_file`.
    allowed_importers: packages that may import everything.
    exceptions: single imports, for example `cli.demo_data -> payments.providers`.
    """

    contexts = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    extra_doors = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    allowed_importers = fields.ListField(subfield=fields.ModuleField())
    exceptions = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph, verbose) -> ContractCheck:
        root = self.session_options["root_packages"][0]
        contexts = [f"{root}.{name}" for name in self.contexts]
        open_modules = {f"{context}.{door}" for context in contexts for door in self.doors}
        open_modules |= {f"{root}.{door}" for door in self.extra_doors}
        excepted = [f"{root}.{line.replace(' -> ', f' -> {root}.')}" for line in self.exceptions]
        found = []
        for module in sorted(graph.modules):
            context = next((c for c in contexts if _inside(module, c)), None)
            if context is None or any(_inside(module, door) for door in open_modules):
                continue
            found += [
                (importer, module)
                for importer in sorted(graph.find_modules_that_directly_import(module))
                if not _inside(importer, context)
                and not self._allowed(importer)
                and not any(_inside(f"{importer} -> {module}", line) for line in excepted)
            ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, module in check.metadata["found"]:
            output.print_error(f"{importer} imports {module}, which is no door")
        output.new_line()

    def _allowed(self, importer: str) -> bool:
        return any(_inside(importer, module.name) for module in self.allowed_importers)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
