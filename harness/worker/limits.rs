//! What a run may have of everything.

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, rlim_t, setrlimit};

use super::{namespace, processes};

/// Processes that one worker may have at once.
pub(super) const PROCESS_LIMIT: usize = 256;
/// Address space of a run, in bytes.
const MEMORY_LIMIT: rlim_t = 512 << 20;
/// Address space that the probe has on top of it, to tell what a run did that has none left.
const MEMORY_ROOM: rlim_t = 64 << 20;
/// Size that a run may give a file, in bytes.
const FILE_LIMIT: rlim_t = 64 << 20;
/// Stack of a run's main thread, in bytes: how deep C code recurses before it crashes.
const STACK_LIMIT: rlim_t = 8 << 20;
/// Descriptors that a run may have.
const DESCRIPTOR_LIMIT: rlim_t = 1024;
/// Size of a core dump, in bytes. Linux hands dumps of any size to a program that takes them from a
/// pipe, and does not where the limit is 1 (`fs/coredump.c`): a crash would cost more than the run.
const CORE_LIMIT: rlim_t = if cfg!(target_os = "linux") { 1 } else { 0 };

/// Limits this process, which is to become a worker, and so each run. A lower limit of the user's own
/// stays. A roomy one has memory and files without limit.
pub(super) fn impose(contained: bool, outranked: bool, roomy: bool) {
    let processes = processes_to_spare(contained, outranked);
    if contained {
        namespace::limit_processes(processes);
    }
    // Counts all that the user runs; root's are not limited.
    let processes = processes::threads_of_user() + processes as rlim_t;
    let limits = [
        (Resource::RLIMIT_NPROC, processes, processes),
        (Resource::RLIMIT_FSIZE, FILE_LIMIT, FILE_LIMIT),
        (Resource::RLIMIT_CORE, CORE_LIMIT, CORE_LIMIT),
        (Resource::RLIMIT_AS, MEMORY_LIMIT, MEMORY_LIMIT + MEMORY_ROOM),
        // The same for everyone, and whoever needs more may ask for it.
        (Resource::RLIMIT_STACK, STACK_LIMIT, RLIM_INFINITY),
        (Resource::RLIMIT_NOFILE, DESCRIPTOR_LIMIT, RLIM_INFINITY),
    ];
    for (resource, soft, hard) in limits {
        if roomy && matches!(resource, Resource::RLIMIT_AS | Resource::RLIMIT_FSIZE) {
            continue;
        }
        let _ = getrlimit(resource)
            .and_then(|(_, highest)| setrlimit(resource, soft.min(highest), hard.min(highest)));
    }
}

/// At how many processes the kernel refuses more. In a namespace, a run that has too many is to be
/// found before that, or it would be told as one whose forks failed; how far it gets until then
/// depends on whether the supervisor has the processor when it wants it. Without a namespace it is
/// all there is, for there is no process 1 to kill with all that is below it.
fn processes_to_spare(contained: bool, outranked: bool) -> usize {
    match (contained, outranked) {
        (true, true) => 8 * PROCESS_LIMIT,
        (true, false) => 2 * PROCESS_LIMIT,
        (false, _) => PROCESS_LIMIT,
    }
}
