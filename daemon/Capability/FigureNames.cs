namespace FedAi.Daemon.Capability;

/// <summary>The figures that a rule asks a benchmark for.</summary>
internal static class FigureNames
{
    /// <summary>Integer steps, thousands per second, one thread.</summary>
    public const string Integer = "cpu.integer";

    /// <summary>Matrix multiply, millions of floating-point operations per second, one thread.</summary>
    public const string Matrix = "cpu.matrix";

    /// <summary>Multiply-add on vectors of four in the first cache, millions of floating-point operations per second, one thread.</summary>
    public const string Simd = "cpu.simd";

    /// <summary>Nanoseconds per token of models so small that their numbers cost nothing: of few layers, of many, and of many behind a long context.</summary>
    public const string FewLayers = "overhead.few", ManyLayers = "overhead.many", ManyBehindContext = "overhead.many.context";

    /// <summary>The same with heads of 96 numbers, which fill no whole vectors on some processors.</summary>
    public const string OddHeads = "overhead.odd", OddBehindContext = "overhead.odd.context";

    public const string MemoryCopy = "memory.copy", MemoryRead = "memory.read";

    /// <summary>Only measured past the system's cache.</summary>
    public const string DiskWrite = "disk.write", DiskRead = "disk.read", DiskRandom = "disk.random";

    /// <summary>Microseconds, and thousands of bits per second.</summary>
    public const string NetworkLatency = "network.latency", NetworkJitter = "network.jitter", NetworkUpload = "network.up", NetworkDownload = "network.down";
    public const string Requests = "router.requests", RequestErrors = "router.errors", RequestP99 = "router.p99";
    public const string DecisionP50 = "router.decision.p50", DecisionP95 = "router.decision.p95", DecisionP99 = "router.decision.p99";
    public const string PressureDone = "router.pressure.done", PressurePeak = "router.pressure.peak";
    public const string FanOut = "router.fanout";
    public const string FailoverDone = "router.failover.done", FailoverAdded = "router.failover.added";
    public const string LogAdded = "router.log.added";

    /// <summary>Numbers of a format that a model takes a second, millions, where a cache may hold them.</summary>
    public static string NearWeights(string format) => $"weights.{format}.near";

    /// <summary>The same where none does.</summary>
    public static string FarWeights(string format) => $"weights.{format}.far";
}
