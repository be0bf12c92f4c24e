using System.Globalization;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Capability;

/// <summary>
/// Maps a machine to roles and safe limits. Pure. Gates decide what is possible at all; then points lower or raise the limits. Without a
/// benchmark everything is halved, because nothing is known.
/// </summary>
internal static class Recommender
{
    private const int MostAtOnce = 64;

    /// <summary>A small job (a prompt checked, a policy asked) holds about so much memory.</summary>
    private const long SmallJobBytes = 64L << 20;

    /// <summary>msat per token where nobody else's price is known: about what a kilowatt-hour costs a small machine.</summary>
    private const long BaseInputMsat = 1, BaseOutputMsat = 2;

    public static Recommendation Recommend(MachineProfile profile, BenchResult? bench, RecommendInput input)
    {
        var (percent, why) = Points(profile, bench, input.Intent);
        List<RoleAdvice> advised = [];
        List<RoleRefusal> refused = [];
        foreach (var role in RoleTypes.Running)
        {
            var reasons = RoleGates.Problems(role, profile, input).ToList();
            if (reasons.Count > 0) refused.Add(new RoleRefusal(role, reasons));
            else advised.Add(new RoleAdvice(role, $"{Reason(role, profile, input)}{why}", Limits(role, profile, bench, input, percent)));
        }

        return new Recommendation
        {
            Intent = input.Intent,
            NodeProfiles = advised,
            NotRecommended = refused,
            // Those of the heaviest role: what a model needs is the tighter of the two.
            Defaults = advised.Count > 0 ? advised[^1].Limits : Limits(RoleTypes.Prepost, profile, bench: null, input, percent: 50),
            RouterEligibility = RouterGates.Judge(profile, bench, input.Minimums, input.Bands),
            Earnings = Earn(input),
        };
    }

    /// <summary>The limits that a role should have here; also for one that is forced past its gates.</summary>
    public static NodeDefaults LimitsOf(string role, MachineProfile profile, BenchResult? bench, RecommendInput input) =>
        Limits(role, profile, bench, input, Points(profile, bench, input.Intent).Percent);

    private static (int Percent, string Why) Points(MachineProfile profile, BenchResult? bench, Intent intent)
    {
        var percent = 100;
        var why = "";
        void Change(int by, string reason)
        {
            percent += by;
            why += $"; {reason}";
        }

        if (profile.Hardware.Cpu.Throttled is { } throttled) Change(-40, $"less at once, because {throttled}");
        if (profile.CapabilityBands.Net == "net_poor") Change(-40, "less at once, because the network is poor");
        if (intent == Intent.LowPower) Change(-50, "less at once, to save power");
        if (intent == Intent.Reliability) Change(-30, "less at once, so that what is accepted is also answered");
        if (intent == Intent.HighEarnings) Change(50, "more at once, to earn more");
        if (bench is null) why += "; half of everything, because nothing was measured";
        return (Math.Max(percent, 10), why);
    }

    private static string Reason(string role, MachineProfile profile, RecommendInput input) => role switch
    {
        RoleTypes.Prepost => "checks, cuts up and formats text: light work that every machine can do",
        RoleTypes.Policy => "judges requests by rules and rates: light work that every machine can do",
        RoleTypes.LlmCpuSmall => string.Create(CultureInfo.InvariantCulture, $"a small model runs on {profile.Hardware.Cpu.Cores} cores{Speed(input)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"the GPU has {profile.Hardware.Gpu.VramMb} MiB of its own{Speed(input)}"),
    };

    private static string Speed(RecommendInput input) => input.ModelMilliTokensPerSecond is { } milli ? string.Create(CultureInfo.InvariantCulture, $", at {milli / 1000.0:0.#} tokens/s") : "";

    private static NodeDefaults Limits(string role, MachineProfile profile, BenchResult? bench, RecommendInput input, int percent)
    {
        var threads = Math.Max(1, profile.Hardware.Cpu.UsableMilli / 1000);
        var (atOnce, most, tokens) = role switch
        {
            RoleTypes.LlmGpu => Gpu(profile.CapabilityBands.Gpu),
            RoleTypes.LlmCpuSmall => (2, 4, 1024),
            _ => (Math.Clamp(threads, 2, MostAtOnce), Math.Clamp(2 * threads, 2, MostAtOnce), 512),
        };
        if (role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu && input.ModelMilliTokensPerSecond is { } milli)
        {
            // An answer that takes longer than two minutes is not waited for.
            tokens = (int)Math.Clamp(milli * 120 / 1000, 64, tokens);
            if (milli < 20_000) atOnce = Math.Max(1, atOnce / 2);
        }

        var fits = (int)Math.Clamp(profile.Hardware.Memory.AvailableBytes / SmallJobBytes, 1, most);
        var half = bench is null ? 2 : 1;
        var concurrency = Math.Clamp(atOnce * percent / 100 / half, 1, Math.Min(most, fits));
        // As existing software has it for models: six bytes a token of the answer; small roles take whole documents.
        var payload = role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu ? Math.Max(6 * tokens, 8192) : 262_144;
        var (inputMsat, outputMsat) = Prices(input.Prices);
        return new NodeDefaults(concurrency, payload / half, Math.Max(tokens / half, 32), inputMsat, outputMsat);
    }

    private static (int AtOnce, int Most, int Tokens) Gpu(string band) => band switch
    {
        "gpu_24gb_plus" => (16, 32, 8192),
        "gpu_16gb" => (8, 16, 4096),
        _ => (4, 8, 2048),
    };

    private static (long Input, long Output) Prices(IReadOnlyList<AdvertisedPrice> heard) => heard.Count == 0
        ? (BaseInputMsat, BaseOutputMsat)
        : (Math.Max(1, Median(heard.Select(price => price.InputMsatPer1K)) / 1000), Math.Max(1, Median(heard.Select(price => price.OutputMsatPer1K)) / 1000));

    private static Earnings? Earn(RecommendInput input)
    {
        if (input.ModelMilliTokensPerSecond is not { } milli || input.Prices.Count == 0) return null;
        var tokens = milli * 3600 / 1000;
        return new Earnings(tokens * Median(input.Prices.Select(price => price.OutputMsatPer1K)) / 1000, tokens, input.Prices.Count);
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
