using System.Globalization;

namespace FedAi.TestKit;

/// <summary>Another machine, as the files of its <c>/proc</c>, <c>/sys</c> and <c>/etc</c> in a folder. Every one is full of names, serial numbers and addresses that only it has.</summary>
internal sealed class MachineTree : IDisposable
{
    /// <summary>Stand in every tree where a real machine has them.</summary>
    public static readonly IReadOnlyList<string> Planted =
    [
        "annas-laptop-7731", "4c4c4544-0051-3510-8052", "00:1b:44:11:3a:b7", "SERIALBOARD99", "Samsung SSD 970 EVO S466NX0K", "UltraProcessor 9999X", "00000000deadbeef", "GPU-5f1c-planted", "GeForce RTX 0815", "-annas-kernel",
    ];

    /// <summary>Puts what a tree has in place of this machine's, as far as the kernel lets it: the rest of /proc belongs to each process.</summary>
    private const string EnterScript = """
        set -e
        tree=$1; shift
        for file in proc/cpuinfo proc/meminfo proc/sys/kernel/osrelease etc/os-release etc/hostname etc/machine-id; do
          if [ -e "$tree/$file" ] && [ -e "/$file" ]; then mount --bind "$tree/$file" "/$file"; fi
        done
        if [ -d "$tree/sys" ]; then mount --bind "$tree/sys" /sys; fi
        if [ -d "$tree/usr/bin" ]; then mount --bind "$tree/usr/bin" /usr/local/bin; fi
        if [ -e "$tree/proc/sys/kernel/hostname" ]; then hostname "$(cat "$tree/proc/sys/kernel/hostname")"; fi
        exec "$@"
        """;

    private readonly TempFolder folder = new();

    private MachineTree()
    {
    }

    /// <summary>Null when programs can be started on such a machine, else why not.</summary>
    public static string? CannotEnter { get; } = TryEnter();

    public string Path => folder.Path;

    /// <summary>What starts a program so that it finds this machine instead of the one it runs on, with these namespaces besides. Needs root.</summary>
    public string[] Enter(params string[] namespaces) => ["unshare", "--mount", "--uts", .. namespaces, "sh", "-c", EnterScript, "sh", Path];

    public static MachineTree RaspberryPi() => new MachineTree().Identified()
        .With("proc/cpuinfo", string.Concat(Enumerable.Range(0, 4).Select(at => $"processor\t: {at}\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU architecture: 8\nCPU part\t: 0xd08\n\n"))
            + "Hardware\t: UltraProcessor 9999X\nSerial\t\t: 00000000deadbeef\nModel\t\t: UltraProcessor 9999X board\n")
        .Siblings("0", "1", "2", "3").Memory(3_884_000, 3_200_000)
        .With("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1500000").With("sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1500000")
        .With("sys/devices/platform/soc/soc:firmware/get_throttled", "50005").Disk("mmcblk0", "179:0", rotational: 0, mount: "179:2", part: "mmcblk0p2").Os("debian", "12", "6.1.21-v8");

    public static MachineTree OldLaptop() => new MachineTree().Identified()
        .X86(cores: 2, threadsPerCore: 1, "fpu lm sse2 ssse3 sse4_1", megahertz: 2100).Memory(3_900_000, 1_800_000).Disk("sda", "8:0", rotational: 1, mount: "8:1", part: "sda1").Os("ubuntu", "22.04", "5.15.0-91");

    public static MachineTree GamingPc() => new MachineTree().Identified()
        .X86(cores: 16, threadsPerCore: 2, "fpu lm sse2 avx avx2 fma f16c", megahertz: 5700).Memory(65_600_000, 58_000_000).Disk("nvme0n1", "259:0", rotational: 0, mount: "259:2", part: "nvme0n1p2").Os("fedora", "41", "6.11.4")
        .With("sys/bus/pci/devices/0000:01:00.0/class", "0x030000").With("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de")
        .With("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  560.35.03").With("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: GeForce RTX 0815\nGPU UUID: GPU-5f1c-planted")
        .Tool("nvidia-smi", "case \"$1\" in *name*) echo '24564, GeForce RTX 0815, SERIALBOARD99, GPU-5f1c-planted';; *) echo 24564;; esac");

    public static MachineTree Server64() => new MachineTree().Identified()
        .X86(cores: 64, threadsPerCore: 2, "fpu lm sse2 avx avx2 fma f16c avx512f avx512_vnni", megahertz: 3400).Memory(527_900_000, 500_000_000).Disk("nvme0n1", "259:0", rotational: 0, mount: "259:3", part: "nvme0n1p3").Os("debian", "12", "6.1.0-18");

    /// <summary>Half of one processor and 2 GiB of the 64-core server, whose disks are shown but not which of them lies below.</summary>
    public static MachineTree Container() => Server64()
        .With("proc/self/cgroup", "0::/\n").With("sys/fs/cgroup/cpu.max", "50000 100000").With("sys/fs/cgroup/memory.max", "2147483648").With("sys/fs/cgroup/memory.current", "209715200")
        .With("proc/self/mountinfo", "600 500 0:52 / / rw - overlay overlay rw,lowerdir=/l\n").With(".dockerenv", "");

    /// <summary>A container of the older kind: two processors of the server, 4 GiB, and only processors 0 to 3 allowed.</summary>
    public static MachineTree OldContainer() => Server64()
        .With("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n").With("proc/self/status", "Name:\tfedai\nCpus_allowed_list:\t0-2,7\n")
        .With("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "200000").With("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000")
        .With("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "4294967296").With("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "1073741824").With("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");

    public static MachineTree VirtualMachine() => new MachineTree().Identified()
        .X86(cores: 4, threadsPerCore: 1, "fpu lm sse2 avx avx2 fma hypervisor", megahertz: 2600).Memory(16_300_000, 14_000_000).Disk("vda", "254:0", rotational: 1, mount: "254:0", part: null).Os("debian", "12", "6.18.44-fc");

    public static MachineTree Empty() => new();

    /// <summary>Every file says something that it should not.</summary>
    public static MachineTree Odd() => new MachineTree()
        .With("proc/cpuinfo", "processor\nprocessor : x\n:::\n\0\0cpu MHz : -1e999\nflags:\n" + new string('A', 3_000_000)).With("proc/meminfo", "MemTotal:\nMemTotal: -5 kB\nMemAvailable: 99999999999999999999 kB\n")
        .With("proc/self/cgroup", "0::/../../..\nx\n0::\n7:cpu:relative\n").With("proc/self/status", "Cpus_allowed_list:\t5-1,x\n").With("proc/self/mountinfo", "1 2 3 - \n- - -\n").With("proc/uptime", "soon")
        .With("etc/os-release", "ID=\"a name that tells who the owner is\"\nVERSION_ID\n").With("proc/sys/kernel/osrelease", "annas").With("proc/sys/kernel/arch", "x86 64!")
        .With("sys/fs/cgroup/cpu.max", "max max").With("sys/fs/cgroup/memory.max", "max").With("sys/block/sda/queue/rotational", "2").With("sys/bus/pci/devices/x/class", "").Folder("proc/net/route");

    /// <summary>A GPU whose tool does this instead of answering.</summary>
    public static MachineTree UnreadableGpu(string tool) => GamingPc().Tool("nvidia-smi", tool);

    public static MachineTree Amd() => OldLaptop()
        .With("sys/bus/pci/devices/0000:03:00.0/class", "0x030000").With("sys/bus/pci/devices/0000:03:00.0/vendor", "0x1002").With("sys/class/drm/card0/device/mem_info_vram_total", "17163091968").With("sys/class/drm/card0-DP-1/status", "")
        .With("dev/kfd", "").Folder("opt/rocm");

    public MachineTree With(string file, string text)
    {
        var path = folder.File(file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public MachineTree Memory(long totalKib, long availableKib) =>
        With("proc/meminfo", string.Create(CultureInfo.InvariantCulture, $"MemTotal:       {totalKib} kB\nMemFree:  1000 kB\nMemAvailable:   {availableKib} kB\n"));

    public MachineTree Tool(string name, string script)
    {
        With($"usr/bin/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder.File($"usr/bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return this;
    }

    public void Dispose() => folder.Dispose();

    private static string? TryEnter()
    {
        using var tree = OldLaptop();
        string[] line = [.. tree.Enter(), "uname", "-n"];
        try
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return process.StandardOutput.ReadToEnd().Trim() == "annas-laptop-7731" ? null : "another machine cannot be put in place of this one: that needs root and unshare";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return $"unshare is not there: {exception.Message}";
        }
    }

    private MachineTree X86(int cores, int threadsPerCore, string flags, int megahertz) => With("proc/cpuinfo", string.Concat(Enumerable.Range(0, cores * threadsPerCore).Select(at =>
        string.Create(CultureInfo.InvariantCulture, $"processor\t: {at}\nmodel name\t: UltraProcessor 9999X\ncpu MHz\t\t: {megahertz}.000\nphysical id\t: 0\ncore id\t\t: {at / threadsPerCore}\nflags\t\t: {flags}\n\n"))));

    private MachineTree Siblings(params string[] lists)
    {
        for (var at = 0; at < lists.Length; at++) With($"sys/devices/system/cpu/cpu{at}/topology/thread_siblings_list", lists[at]);
        return this;
    }

    private MachineTree Disk(string name, string device, int rotational, string mount, string? part)
    {
        With($"sys/block/{name}/dev", device).With($"sys/block/{name}/queue/rotational", $"{rotational}\n").With("sys/block/loop0/queue/rotational", "0").With($"sys/block/{name}/device/model", "Samsung SSD 970 EVO S466NX0K");
        if (part is not null) With($"sys/block/{name}/{part}/dev", mount);
        return With("proc/self/mountinfo", $"22 1 0:21 / /proc rw - proc proc rw\n27 1 {mount} / / rw,relatime shared:1 - ext4 /dev/root rw\n");
    }

    private MachineTree Os(string id, string version, string kernel) => With("etc/os-release", $"PRETTY_NAME=\"{id} of annas-laptop-7731\"\nID={id}\nVERSION_ID=\"{version}\"\n").With("proc/sys/kernel/osrelease", $"{kernel}-annas-kernel");

    private MachineTree Identified() => With("proc/sys/kernel/hostname", "annas-laptop-7731").With("etc/hostname", "annas-laptop-7731").With("etc/machine-id", "4c4c4544-0051-3510-8052").With("sys/class/dmi/id/product_serial", "SERIALBOARD99")
        .With("sys/class/net/enx001b44113ab7/address", "00:1b:44:11:3a:b7").Folder("sys/class/net/enx001b44113ab7/wireless").With("proc/net/route", "Iface\tDestination\tGateway\nenx001b44113ab7\t00000000\t0100A8C0\n").With("proc/device-tree/serial-number", "00000000deadbeef\0");

    private MachineTree Folder(string name)
    {
        Directory.CreateDirectory(folder.File(name));
        return this;
    }
}
