using System.Globalization;
using FedAi.Protocol.Rules;
using FedAi.Runners.Roles;

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

    /// <summary>UTF-8 bytes of a prompt per token of the context.</summary>
    private const int PromptBytesPerToken = 6;

    /// <summary>Tokens that a program with tools fills before it asks anything, and room for its answers; the least that is ever set; and the step.</summary>
    private const int UsefulContext = 8192, LeastContext = 512, ContextStep = 256;

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
        var half = bench is null ? 2 : 1;
        var fits = (int)Math.Clamp(profile.Hardware.Memory.AvailableBytes / SmallJobBytes, 1, MostAtOnce);
        int AtOnce(int atOnce, int most) => input.GivenConcurrency ?? Capped(profile, input.Gates, Math.Clamp(atOnce * percent / 100 / half, 1, Math.Min(most, fits)));
        var (inputMsat, outputMsat) = Prices(input.Prices);
        if (role is not (RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu))
        {
            // Whole documents go in, and as much comes out.
            var threads = Math.Max(1, profile.Hardware.Cpu.UsableMilli / 1000);
            var job = RoleRunner.MostJobBytes / half;
            return new NodeDefaults(AtOnce(Math.Clamp(threads, 2, MostAtOnce), Math.Clamp(2 * threads, 2, MostAtOnce)), job, job / RoleRunner.TokenBytes, inputMsat, outputMsat);
        }

        var (atOnce, most, tokens, context) = role == RoleTypes.LlmGpu ? Gpu(profile.CapabilityBands.Gpu) : (2, 4, 1024, 8192);
        if (input.ModelMilliTokensPerSecond is { } milli)
        {
            // An answer that takes longer than two minutes is not waited for.
            tokens = (int)Math.Clamp(milli * 120 / 1000, 64, tokens);
            if (milli < 20_000) atOnce = Math.Max(1, atOnce / 2);
        }

        (atOnce, context) = Fit(role, AtOnce(atOnce, most), context / half, profile.Hardware, input);
        // The answer leaves room for a prompt, and the prompt's bytes are as many as its tokens can be: in no language more than about six each.
        return new NodeDefaults(atOnce, PromptBytesPerToken * context, Math.Min(Math.Max(tokens / half, 32), context / 2), inputMsat, outputMsat, context);
    }

    /// <summary>No more than the operator permits machines of these bands.</summary>
    private static int Capped(MachineProfile profile, NodeGates gates, int atOnce)
    {
        foreach (var entry in gates.LowConcurrency)
            if (entry.Split('=', 2) is [var band, var number] && BandRules.Has(profile.CapabilityBands, band) && int.TryParse(number, CultureInfo.InvariantCulture, out var most)) atOnce = Math.Min(atOnce, most);
        return atOnce;
    }

    /// <summary>
    /// As many tokens of context as the model knows and memory holds for all requests at once; where that would be too few for a program with tools, fewer at
    /// once. What the operator set stays.
    /// </summary>
    private static (int AtOnce, int ContextTokens) Fit(string role, int atOnce, int context, HardwareProfile hardware, RecommendInput input)
    {
        if (input.GivenContextTokens is { } given) context = given;
        if (input.Model is not { } model) return (atOnce, context);
        if (model.ContextTokens > 0) context = (int)Math.Min(context, model.ContextTokens);
        var gpu = (hardware.Gpu.VramMb ?? 0) << 20;
        // What does not fit onto the GPU is loaded beside it.
        var free = (role == RoleTypes.LlmGpu && model.MemoryBytes(0, 1) < gpu ? gpu : hardware.Memory.AvailableBytes) / 10 * 9;
        while (input.GivenContextTokens is null && model.CacheBytesPerToken > 0)
        {
            var holds = Math.Max(0, free - model.MemoryBytes(0, 1)) / model.CacheBytesPerToken / atOnce / ContextStep * ContextStep;
            if (holds < Math.Min(context, UsefulContext) && atOnce > 1 && input.GivenConcurrency is null)
            {
                atOnce--;
                continue;
            }

            return (atOnce, (int)Math.Min(context, Math.Max(holds, LeastContext)));
        }

        return (atOnce, context);
    }

    private static (int AtOnce, int Most, int Tokens, int Context) Gpu(string band) => band switch
    {
        "gpu_24gb_plus" => (16, 32, 8192, 32_768),
        "gpu_16gb" => (8, 16, 4096, 16_384),
        _ => (4, 8, 2048, 8192),
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
