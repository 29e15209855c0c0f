//! Has one allocation of this process's Python fail, and counts them.
//!
//! All three domains of CPython's allocators (raw, mem and object) are wrapped while it is *armed*.
//! Which allocation fails is counted from that moment on, so that it depends on nothing before it.
//! The stable ABI does not declare these functions, so they are asked for by name; the layout of what
//! they exchange has been the same since 3.5.

use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// `PyMemAllocatorEx`
#[repr(C)]
#[derive(Clone, Copy)]
struct Allocator {
    context: *const c_void,
    malloc: unsafe extern "C" fn(*const c_void, usize) -> *mut c_void,
    calloc: unsafe extern "C" fn(*const c_void, usize, usize) -> *mut c_void,
    realloc: unsafe extern "C" fn(*const c_void, *mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*const c_void, *mut c_void),
}

/// `PyMem_GetAllocator`
type Get = unsafe extern "C" fn(c_int, *mut Allocator);
/// `PyMem_SetAllocator`
type Set = unsafe extern "C" fn(c_int, *const Allocator);

/// `PYMEM_DOMAIN_RAW`, `PYMEM_DOMAIN_MEM` and `PYMEM_DOMAIN_OBJ`
const DOMAINS: [c_int; 3] = [0, 1, 2];

static IS_ARMED: AtomicBool = AtomicBool::new(false);
/// How many allocations there were since it was armed.
static COUNT: AtomicU64 = AtomicU64::new(0);
/// Which of them fails, from 1 on.
static VICTIM: AtomicU64 = AtomicU64::new(0);
/// In which domains the wrappers are. They stay where something else, like `tracemalloc`, has come on
/// top of them.
static ARE_THERE: Mutex<[bool; 3]> = Mutex::new([false; 3]);

/// From now on counts allocations, and lets the one of this number fail; 0 for none. Whether this
/// Python has what it takes.
pub(super) fn arm(victim: u64) -> bool {
    let Some((get, set)) = functions() else { return false };
    let mut are_there = ARE_THERE.lock().unwrap_or_else(PoisonError::into_inner);
    for (domain, are_there) in DOMAINS.into_iter().zip(are_there.iter_mut()) {
        if std::mem::replace(are_there, true) {
            continue;
        }
        // Never freed: another thread may be about to allocate by it when the wrappers are taken away.
        let base: &'static Allocator = Box::leak(Box::new(current(get, domain)));
        let context = std::ptr::from_ref(base).cast();
        // SAFETY: `Set` copies the structure. Whatever the wrappers hand out and take back is the
        // base's, so both may free what the other has allocated, at any time.
        unsafe { set(domain, &Allocator { context, malloc, calloc, realloc, free }) };
    }
    drop(are_there);
    COUNT.store(0, Ordering::SeqCst);
    VICTIM.store(victim, Ordering::SeqCst);
    IS_ARMED.store(true, Ordering::SeqCst);
    true
}

/// Takes the wrappers away; how many allocations there were since it was armed.
pub(super) fn disarm() -> u64 {
    IS_ARMED.store(false, Ordering::SeqCst);
    if let Some((get, set)) = functions() {
        let mut are_there = ARE_THERE.lock().unwrap_or_else(PoisonError::into_inner);
        for (domain, are_there) in DOMAINS.into_iter().zip(are_there.iter_mut()) {
            let top = current(get, domain);
            // Else what is on top calls the wrappers, which only pass on by now.
            if *are_there && is_ours(&top) {
                // SAFETY: the context of our wrappers is the structure that `arm` has leaked, and `Set`
                // copies it: this is the domain's own allocator again.
                unsafe { set(domain, top.context.cast()) };
                *are_there = false;
            }
        }
    }
    COUNT.load(Ordering::SeqCst)
}

fn current(get: Get, domain: c_int) -> Allocator {
    let mut allocator = std::mem::MaybeUninit::uninit();
    // SAFETY: `Get` knows this domain, and fills the whole structure.
    unsafe {
        get(domain, allocator.as_mut_ptr());
        allocator.assume_init()
    }
}

fn is_ours(allocator: &Allocator) -> bool {
    std::ptr::fn_addr_eq(
        allocator.malloc,
        malloc as unsafe extern "C" fn(*const c_void, usize) -> *mut c_void,
    )
}

fn functions() -> Option<(Get, Set)> {
    let (get, set) = (symbol(c"PyMem_GetAllocator")?, symbol(c"PyMem_SetAllocator")?);
    // SAFETY: of these names libpython has functions of these types, since 3.4.
    Some(unsafe {
        (std::mem::transmute::<*mut c_void, Get>(get), std::mem::transmute::<*mut c_void, Set>(set))
    })
}

fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the name is a string of C's.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// Counts an allocation; whether it is to fail.
fn fails() -> bool {
    IS_ARMED.load(Ordering::Relaxed)
        && COUNT.fetch_add(1, Ordering::Relaxed) + 1 == VICTIM.load(Ordering::Relaxed)
}

/// The allocator that a wrapper stands before.
fn base(context: *const c_void) -> Allocator {
    // SAFETY: the context of the wrappers is what `arm` gave, a structure that is never freed.
    unsafe { *context.cast::<Allocator>() }
}

unsafe extern "C" fn malloc(context: *const c_void, size: usize) -> *mut c_void {
    if fails() {
        return std::ptr::null_mut();
    }
    let base = base(context);
    // SAFETY: passed on as it came, to the allocator for which it was meant.
    unsafe { (base.malloc)(base.context, size) }
}

unsafe extern "C" fn calloc(context: *const c_void, count: usize, size: usize) -> *mut c_void {
    if fails() {
        return std::ptr::null_mut();
    }
    let base = base(context);
    // SAFETY: as above.
    unsafe { (base.calloc)(base.context, count, size) }
}

unsafe extern "C" fn realloc(context: *const c_void, block: *mut c_void, size: usize) -> *mut c_void {
    if fails() {
        return std::ptr::null_mut();
    }
    let base = base(context);
    // SAFETY: as above; where it fails, the block is left as it is, as realloc(3) has it.
    unsafe { (base.realloc)(base.context, block, size) }
}

unsafe extern "C" fn free(context: *const c_void, block: *mut c_void) {
    let base = base(context);
    // SAFETY: as above.
    unsafe { (base.free)(base.context, block) }
}
