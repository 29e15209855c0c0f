//! Why a step is not what a restart would have made of it.

use std::fmt;

/// A cause, of which `reload-harness explain` has a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// `Foo.foo(self)` names another generation than the one that `self` descends from.
    UnboundBaseCall,
    /// `super(Bar, self)` does.
    TwoArgumentSuper,
    /// `isinstance`, `issubclass` or a class pattern asks for another generation.
    IsinstanceMisses,
    /// `except` does.
    ExceptMisses,
    /// Two generations are compared with each other.
    ComparedGenerations,
    /// What is pickled by its name is no longer what the name means.
    PickledByName,
    /// A registry keyed by class knows another generation.
    RegistryKeyedByClass,
    /// A name that was imported from a module still means what it meant there.
    FromImportAlias,
    /// An object, a container or a variable holds what its name no longer means.
    KeptReference,
    /// A closure does.
    ClosureKeeps,
    /// A default argument does.
    DefaultKeeps,
    /// A bound method was taken out of its object before.
    StaleBoundMethod,
    /// An instance of a superseded class runs that class's code.
    OldInstance,
    /// Code from before a reload finds what the reload put into its globals.
    OldCodeNewGlobals,
    /// New code finds what old code put into an object.
    OldData,
    /// A name that today's source does not define is still there.
    DeletedName,
    /// A reload ran an assignment again that holds state.
    StateReset,
    /// A reload registered once more what was registered already.
    RegisteredTwice,
    /// What ran is not of today's source, and its name means it: no reload has made it anew.
    NotReloaded,
    /// An importer reads by what it took down of an archive before that was changed.
    StaleImporterCache,
    /// A name was read while a reload was still executing its module.
    PartiallyInitialized,
    /// A reload raised half-way.
    ReloadStopped,
    /// Today's source cannot be imported.
    SourceDoesNotStart,
}

impl Cause {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 23] = [
        Self::UnboundBaseCall,
        Self::TwoArgumentSuper,
        Self::IsinstanceMisses,
        Self::ExceptMisses,
        Self::ComparedGenerations,
        Self::PickledByName,
        Self::RegistryKeyedByClass,
        Self::FromImportAlias,
        Self::KeptReference,
        Self::ClosureKeeps,
        Self::DefaultKeeps,
        Self::StaleBoundMethod,
        Self::OldInstance,
        Self::OldCodeNewGlobals,
        Self::OldData,
        Self::DeletedName,
        Self::StateReset,
        Self::RegisteredTwice,
        Self::NotReloaded,
        Self::StaleImporterCache,
        Self::PartiallyInitialized,
        Self::ReloadStopped,
        Self::SourceDoesNotStart,
    ];

    /// The word for it, as in reports and for `explain`.
    pub fn word(self) -> &'static str {
        self.page().0
    }

    /// The page that explains it, in Markdown.
    pub fn explanation(self) -> &'static str {
        self.page().1
    }

    /// The cause that has a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }

    fn page(self) -> (&'static str, &'static str) {
        macro_rules! page {
            ($word:literal) => {
                ($word, include_str!(concat!("../causes/", $word, ".md")))
            };
        }
        match self {
            Self::UnboundBaseCall => page!("unbound-base-call"),
            Self::TwoArgumentSuper => page!("two-argument-super"),
            Self::IsinstanceMisses => page!("isinstance-misses"),
            Self::ExceptMisses => page!("except-misses"),
            Self::ComparedGenerations => page!("compared-generations"),
            Self::PickledByName => page!("pickled-by-name"),
            Self::RegistryKeyedByClass => page!("registry-keyed-by-class"),
            Self::FromImportAlias => page!("from-import-alias"),
            Self::KeptReference => page!("kept-reference"),
            Self::ClosureKeeps => page!("closure-keeps"),
            Self::DefaultKeeps => page!("default-keeps"),
            Self::StaleBoundMethod => page!("stale-bound-method"),
            Self::OldInstance => page!("old-instance"),
            Self::OldCodeNewGlobals => page!("old-code-new-globals"),
            Self::OldData => page!("old-data"),
            Self::DeletedName => page!("deleted-name"),
            Self::StateReset => page!("state-reset"),
            Self::RegisteredTwice => page!("registered-twice"),
            Self::NotReloaded => page!("not-reloaded"),
            Self::StaleImporterCache => page!("stale-importer-cache"),
            Self::PartiallyInitialized => page!("partially-initialized"),
            Self::ReloadStopped => page!("reload-stopped"),
            Self::SourceDoesNotStart => page!("source-does-not-start"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
