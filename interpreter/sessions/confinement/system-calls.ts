// The system calls that code in the room may not make, as a program for the kernel's own filter (seccomp): what a data
// analysis never needs, and what has led out of rooms or past their limits elsewhere. All others are allowed.
// The numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.

/** Of x86-64 and of arm64; undefined where the machine has no such call. */
type Numbers = readonly [x64: number, arm64: number | undefined];

// Both as if this Linux had them not: libraries then take another way.
const MISSING: Readonly<Record<string, Numbers>> = {
  clone3: [435, 435], // its flags lie in memory, where no filter can look; clone() is asked instead
  memfd_create: [319, 279], // memory that no limit of a process counts
  memfd_secret: [447, 447],
  io_uring_setup: [425, 425], // makes system calls that no filter sees
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  userfaultfd: [323, 282],
  bpf: [321, 280],
  perf_event_open: [298, 241],
};

const FORBIDDEN: Readonly<Record<string, Numbers>> = {
  // memory and messages of the kernel, beside the limits
  ...{ shmget: [29, 194], shmat: [30, 196], shmctl: [31, 195], msgget: [68, 186], msgsnd: [69, 189] },
  ...{ semget: [64, 190], semop: [65, 193], semtimedop: [220, 192], semctl: [66, 191], mq_open: [240, 180] },
  ...{ remap_file_pages: [216, 234], vmsplice: [278, 75], move_pages: [279, 239], migrate_pages: [256, 238] },
  // keys: those of the user are in no namespace
  ...{ keyctl: [250, 219], add_key: [248, 217], request_key: [249, 218] },
  // other processes
  ...{ ptrace: [101, 117], process_vm_readv: [310, 270], process_vm_writev: [311, 271] },
  ...{ process_madvise: [440, 440], kcmp: [312, 272], pidfd_getfd: [438, 438] },
  // other rooms
  ...{ unshare: [272, 97], setns: [308, 268], pivot_root: [155, 41], chroot: [161, 51], mount: [165, 40] },
  ...{ umount2: [166, 39], move_mount: [429, 429], open_tree: [428, 428], fsopen: [430, 430] },
  ...{ fsconfig: [431, 431], fsmount: [432, 432], fspick: [433, 433], mount_setattr: [442, 442] },
  ...{ open_tree_attr: [467, 467], name_to_handle_at: [303, 264], open_by_handle_at: [304, 265] },
  // the machine
  ...{ kexec_load: [246, 104], kexec_file_load: [320, 294], init_module: [175, 105], finit_module: [313, 273] },
  ...{ delete_module: [176, 106], swapon: [167, 224], swapoff: [168, 225], reboot: [169, 142] },
  ...{ syslog: [103, 116], acct: [163, 89], quotactl: [179, 60], quotactl_fd: [443, 443] },
  ...{ settimeofday: [164, 170], clock_settime: [227, 112], clock_adjtime: [305, 266], adjtimex: [159, 171] },
  ...{ sethostname: [170, 161], setdomainname: [171, 162], vhangup: [153, 58], fanotify_init: [300, 262] },
  ...{ lookup_dcookie: [212, 18], nfsservctl: [180, 42], iopl: [172, undefined], ioperm: [173, undefined] },
  ...{ uselib: [134, undefined], ustat: [136, undefined], sysfs: [139, undefined], _sysctl: [156, undefined] },
  modify_ldt: [154, undefined],
};

const CLONE: Numbers = [56, 220];
const SOCKET: Numbers = [41, 198];
const SOCKETPAIR: Numbers = [53, 199];
const MMAP: Numbers = [9, 222];
const IOCTL: Numbers = [16, 29];

// New mount, cgroup, uts, ipc, user, pid, network namespaces.
const NAMESPACE_FLAGS = 0x7e020000;
const MAP_SHARED = 0x01;
const MAP_ANONYMOUS = 0x20;
const MAP_HUGETLB = 0x40000;
const AF_NETLINK = 16; // of its protocols only NETLINK_ROUTE, 0: the list of this room's network interfaces
const FAMILIES = [1, 2, 10]; // AF_UNIX, AF_INET, AF_INET6: not AF_VSOCK, which is in no network namespace
const TERMINAL_INPUT = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX: type on behalf of a terminal

const ARCHITECTURES: Readonly<Record<string, { readonly audit: number; readonly index: 0 | 1 }>> = {
  x64: { audit: 0xc000003e, index: 0 },
  arm64: { audit: 0xc00000b7, index: 1 },
};
const X32_CALLS = 0x40000000; // x86-64's second set of numbers for the same calls

const EPERM = 1;
const ENOSYS = 38;
const ENOMEM = 12;
const EAFNOSUPPORT = 97;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ERRNO = 0x00050000;

// struct seccomp_data: what a filter sees of a call.
const CALL = 0;
const ARCHITECTURE = 4;
const argument = (index: number) => 16 + 8 * index; // its lower half, little-endian

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];
const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const mask = (bits: number): Instruction => [0x54, 0, 0, bits];
const give = (result: number): Instruction => [0x06, 0, 0, result];
const fail = (errno: number) => give(ERRNO | errno);
/** Jumps over the next `count` instructions if the loaded value is not this one. */
const unlessEqual = (value: number, count: number): Instruction => [0x15, 0, count, value];
const unlessNotEqual = (value: number, count: number): Instruction => [0x15, count, 0, value];
const unlessAtLeast = (value: number, count: number): Instruction => [0x35, 0, count, value];

/** For attempts to make it. */
export function systemCallNumber(name: string): number {
  const numbers = { ...MISSING, ...FORBIDDEN, mmap: MMAP }[name];
  const number = numbers?.[ARCHITECTURES[process.arch]?.index ?? 0];
  if (number === undefined) throw new Error(`no system call ${name} here`);
  return number;
}

/** The filter for this machine, or undefined where its architecture is not known here. */
export function systemCallFilter(architecture: string = process.arch): Buffer | undefined {
  const known = ARCHITECTURES[architecture];
  if (!known) return undefined;
  const { audit, index } = known;
  const all = (calls: Readonly<Record<string, Numbers>>, errno: number) =>
    Object.values(calls).flatMap((numbers) => {
      const call = numbers[index];
      return call === undefined ? [] : [unlessEqual(call, 1), fail(errno)];
    });
  const when = ([x64, arm64]: Numbers, body: readonly Instruction[]): Instruction[] => [
    unlessEqual((index === 0 ? x64 : arm64) ?? 0, body.length + 1),
    ...body,
    give(ALLOW),
  ];
  return assemble([
    load(ARCHITECTURE),
    ...[unlessNotEqual(audit, 1), give(KILL_PROCESS), load(CALL)],
    ...(index === 0 ? [unlessAtLeast(X32_CALLS, 1), fail(ENOSYS)] : []),
    ...all(MISSING, ENOSYS),
    ...all(FORBIDDEN, EPERM),
    ...when(CLONE, [load(argument(0)), mask(NAMESPACE_FLAGS), unlessEqual(0, 1), give(ALLOW), fail(EPERM)]),
    ...when(SOCKET, socketFamilies()),
    ...when(SOCKETPAIR, socketFamilies()),
    ...when(MMAP, sharedMemory()),
    ...when(IOCTL, [load(argument(1)), ...TERMINAL_INPUT.flatMap((code) => [unlessEqual(code, 1), fail(EPERM)])]),
    give(ALLOW),
  ]);
}

function socketFamilies(): Instruction[] {
  return [
    load(argument(0)),
    ...FAMILIES.flatMap((family) => [unlessEqual(family, 1), give(ALLOW)]),
    ...[unlessEqual(AF_NETLINK, 3), load(argument(2)), unlessEqual(0, 1), give(ALLOW)],
    fail(EAFNOSUPPORT),
  ];
}

/** Memory without a file that processes share counts against none of them; huge pages count against none either. */
function sharedMemory(): Instruction[] {
  const sharedAnonymous = MAP_SHARED | MAP_ANONYMOUS;
  return [
    ...[load(argument(3)), mask(sharedAnonymous), unlessEqual(sharedAnonymous, 1), fail(ENOMEM)],
    ...[load(argument(3)), mask(MAP_HUGETLB), unlessEqual(MAP_HUGETLB, 1), fail(ENOMEM)],
  ];
}

/** struct sock_filter[], little-endian as both architectures are. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length);
  program.forEach(([code, ifTrue, ifFalse, value], i) => {
    bytes.writeUInt16LE(code, 8 * i);
    bytes.writeUInt8(ifTrue, 8 * i + 2);
    bytes.writeUInt8(ifFalse, 8 * i + 3);
    bytes.writeUInt32LE(value >>> 0, 8 * i + 4);
  });
  return bytes;
}
