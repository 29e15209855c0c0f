//! Schedules runs over workers and yields one stream of finished runs, in the order of the plan.

mod draw;
mod plan;
mod pool;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use draw::{Draw, mixed};
pub use plan::{Item, Skip, plan, skip};

use crate::packages::{Lacking, Packages};
use crate::scenario::Scenario;
use crate::worker::{
    Branch, Cancel, Conduct, Play, PlayError, Programs, Reloading, Setup, StartError, Swept, Worker,
    Workspaces,
};
use pool::{Pool, Post};

/// Wall time that a run may take where neither the scenario nor the caller says otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Where runs are played, and how.
#[derive(Debug)]
pub struct Lab {
    // Before the folder they work in.
    pool: Pool,
    programs: Programs,
    packages: Packages,
    workspaces: Workspaces,
    cancel: Cancel,
    jobs: usize,
    time_limit: Duration,
    contain: bool,
}

/// One item, done.
#[derive(Debug)]
pub struct Finished<T = Play> {
    /// What it yielded.
    pub outcome: Result<T, RunError>,
    /// How long it took, worker starts included.
    pub took: Duration,
}

/// Why a run yielded nothing. None of these is the scenario's doing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no worker for its interpreter.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The worker could not be talked to.
    #[error(transparent)]
    Play(#[from] PlayError),
    /// What its scenario requires is not there.
    #[error(transparent)]
    Lacking(#[from] Lacking),
}

impl RunError {
    /// Whether the harness was told to stop.
    pub fn is_interruption(&self) -> bool {
        matches!(
            self,
            Self::Start(StartError::Interrupted)
                | Self::Play(PlayError::Interrupted)
                | Self::Lacking(Lacking::Interrupted)
        )
    }
}

impl Lab {
    /// A lab with as many workers at a time as there are processors.
    pub fn new(programs: Programs, cancel: Cancel) -> std::io::Result<Self> {
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        let workspaces = Workspaces::create()?;
        Ok(Self {
            pool: Pool::default(),
            programs,
            packages: Packages::of_user(),
            workspaces,
            cancel,
            jobs,
            time_limit: TIME_LIMIT,
            contain: true,
        })
    }

    /// How many runs are played at a time.
    #[must_use]
    pub fn jobs(self, jobs: usize) -> Self {
        Self { jobs: jobs.max(1), ..self }
    }

    /// The time limit of scenarios that do not set one.
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Whether workers get PID namespaces where the kernel allows them.
    #[must_use]
    pub fn contain(self, contain: bool) -> Self {
        Self { contain, ..self }
    }

    /// Where packages are kept that scenarios require, and whether those that lack are installed.
    #[must_use]
    pub fn packages(self, packages: Packages) -> Self {
        Self { packages, ..self }
    }

    /// Has the packages installed that the items require and that are not there yet, and parts the items that
    /// can be played from those that cannot. `begun` is called for each of what takes so long.
    pub fn equip<'a>(
        &self,
        items: Vec<Item<'a>>,
        begun: impl Fn(&Item<'_>) + Sync,
    ) -> (Vec<Item<'a>>, Vec<(Item<'a>, Skip)>) {
        let mut lacking: Vec<Item<'a>> = Vec::new();
        for item in &items {
            let requires = &item.scenario.settings.requires;
            let is_same = |other: &Item<'_>| {
                other.interpreter == item.interpreter && other.scenario.settings.requires == *requires
            };
            if !requires.is_empty()
                && !lacking.iter().any(is_same)
                && !self.packages.has(item.interpreter, requires)
            {
                lacking.push(*item);
            }
        }
        let install = |item: &Item<'_>| {
            begun(item);
            Ok(self.provide(item)?)
        };
        self.each(&lacking, install, |_, _| {});
        let (mut playable, mut skipped) = (Vec::new(), Vec::new());
        for item in items {
            match self.provide(&item) {
                // Told to stop, the lab hands them over as interrupted.
                Ok(_) | Err(Lacking::Interrupted) => playable.push(item),
                Err(why) => skipped.push((item, Skip::Lacking(why))),
            }
        }
        (playable, skipped)
    }

    /// The folder with what an item requires; none where it requires nothing.
    fn provide(&self, item: &Item<'_>) -> Result<Option<PathBuf>, Lacking> {
        let requires = &item.scenario.settings.requires;
        if requires.is_empty() {
            return Ok(None);
        }
        self.packages.provide(item.interpreter, requires, &self.cancel).map(Some)
    }

    /// How many runs are played at a time.
    pub fn job_count(&self) -> usize {
        self.jobs
    }

    /// Whether it was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Has the rest of what is being played handed over as interrupted.
    pub fn stop(&self) {
        self.cancel.cancel();
    }

    /// Plays the items, and hands over each as soon as all before it are. Once it is told to stop,
    /// the rest is handed over as interrupted.
    pub fn run(&self, items: &[Item<'_>], finished: impl FnMut(&Item<'_>, Finished)) {
        self.each(items, |item| self.play(item), finished);
    }

    /// The same with more to do for each item than to play it: any number of runs, one after the
    /// other.
    pub fn each<W: Sync, T: Send>(
        &self,
        items: &[W],
        work: impl Fn(&W) -> Result<T, RunError> + Sync,
        mut finished: impl FnMut(&W, Finished<T>),
    ) {
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.jobs.min(items.len()) {
                let (sender, next, work) = (sender.clone(), &next, &work);
                scope.spawn(move || {
                    while let Some((at, item)) = nth(items, next) {
                        let start = Instant::now();
                        let outcome = work(item);
                        if sender.send((at, Finished { outcome, took: start.elapsed() })).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut waiting = BTreeMap::new();
            let mut due = 0;
            for (at, run) in receiver {
                waiting.insert(at, run);
                while let Some(run) = waiting.remove(&due) {
                    finished(&items[due], run);
                    due += 1;
                }
            }
        });
    }

    /// Plays one item, on a worker that waits or a new one.
    pub fn play(&self, item: &Item<'_>) -> Result<Play, RunError> {
        self.conduct(item, &Conduct::new(Reloading::Real))
    }

    /// Plays one item in a way of its own.
    pub fn conduct(&self, item: &Item<'_>, conduct: &Conduct) -> Result<Play, RunError> {
        self.sweep(item, conduct, &mut |_| {}).map(|swept| swept.play)
    }

    /// Plays one item that is swept, and hands over each branch once it has ended.
    pub fn sweep(
        &self,
        item: &Item<'_>,
        conduct: &Conduct,
        heard: &mut dyn FnMut(Branch),
    ) -> Result<Swept, RunError> {
        let post = Post::of(item, self.provide(item)?, conduct);
        let mut worker = match self.pool.take(&post) {
            Some(worker) => worker,
            None => self.start(item, &post)?,
        };
        let limit = self.limit(item.scenario);
        let swept = worker.sweep(item.scenario, conduct, limit, &self.cancel, heard)?;
        self.pool.keep(post, worker);
        Ok(swept)
    }

    /// The wall time that a run of a scenario may take.
    pub fn limit(&self, scenario: &Scenario) -> Duration {
        scenario.settings.timeout.unwrap_or(self.time_limit)
    }

    fn start(&self, item: &Item<'_>, post: &Post) -> Result<Worker, StartError> {
        if self.cancel.is_cancelled() {
            return Err(StartError::Interrupted);
        }
        let folder = self.workspaces.path().join(self.pool.number().to_string());
        let setup = Setup {
            programs: &self.programs,
            interpreter: item.interpreter,
            conditions: post.conditions.clone(),
            contain: self.contain,
        };
        Worker::start(&setup, &folder, &self.cancel)
    }
}

/// The next item that nobody has begun with.
fn nth<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}
