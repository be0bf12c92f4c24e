using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedAi.Daemon.Capability;

/// <summary>
/// What a manifest tells of benchmarks and machine, by privacy.mode: strict that they were made, and of a router how fast it decides, by which
/// others judge it; normal also the figures, to two digits; verbose all. Null when nothing was measured. Every number is whole (DECISIONS D11). Pure.
/// </summary>
internal static class ManifestBenchmarks
{
    /// <summary>What is told in every mode.</summary>
    private static readonly string[] Strict = ["suite", "timestampMs", "durationMs", "short", "partial", FigureNames.DecisionP95, FigureNames.Requests];

    private static readonly JsonElement None = JsonElement.Parse("null");

    public static JsonElement Of(BenchResult? bench, PrivacyMode mode)
    {
        if (bench is null) return None;
        if (mode == PrivacyMode.Verbose) return Whole(JsonSerializer.SerializeToNode(bench, CapabilityJson.Default.BenchResult)!);
        var told = new JsonObject { ["suite"] = bench.Suite, ["timestampMs"] = bench.TimestampMs, ["durationMs"] = bench.DurationMs, ["short"] = bench.Short, ["partial"] = bench.Partial };
        if (bench.Suite == BenchResult.RouterSuite)
            foreach (var name in (string[])[FigureNames.DecisionP95, FigureNames.Requests])
                if (bench.Of(name) is { } figure) told[name] = TwoDigits(figure);
        if (mode == PrivacyMode.Normal)
        {
            told["cpuScore"] = TwoDigits(bench.CpuScore);
            told["memoryMBps"] = TwoDigits(bench.MemoryMBps);
            told["diskMBps"] = TwoDigits(bench.DiskMBps);
            if (bench.NetworkLatencyMs is { } latency) told["networkLatencyMs"] = TwoDigits(latency);
            foreach (var figure in bench.Figures) told[figure.Name] = TwoDigits(figure.Median);
            if (bench.Model is [.., var slowest]) told["model.milliTokensPerSecond"] = TwoDigits(slowest.MilliTokensPerSecond);
        }

        return Element(told);
    }

    /// <summary>What a manifest told before, once more: no more of it than the mode tells now.</summary>
    public static JsonElement Again(JsonElement told, PrivacyMode mode)
    {
        if (told.ValueKind != JsonValueKind.Object || mode == PrivacyMode.Verbose) return told;
        if (told.TryGetProperty("figures", out _)) return Of(Read(told), mode);
        return mode == PrivacyMode.Normal ? told : Element(new JsonObject(told.EnumerateObject().Where(member => Strict.Contains(member.Name)).Select(member => KeyValuePair.Create(member.Name, JsonNode.Parse(member.Value.GetRawText())))));
    }

    /// <summary>The same of the profile.</summary>
    public static JsonElement? ProfileAgain(JsonElement told, PrivacyOptions privacy)
    {
        if (privacy.Mode != PrivacyMode.Verbose) return null;
        var again = JsonNode.Parse(told.GetRawText())!.AsObject();
        if (!privacy.TellsIds()) again["ids"] = null;
        return Element(again);
    }

    /// <summary>The whole profile, in mode verbose only; what names this one machine is in it only where the operator asked for that too.</summary>
    public static JsonElement? Profile(MachineProfile? profile, PrivacyOptions privacy)
    {
        if (profile is null || privacy.Mode != PrivacyMode.Verbose) return null;
        // Addresses of peers and what could not be read are nobody's business.
        var told = profile with { Network = profile.Network with { Targets = [] }, Problems = [], Ids = privacy.TellsIds() ? profile.Ids : null };
        return Whole(JsonSerializer.SerializeToNode(told, CapabilityJson.Default.MachineProfile)!);
    }

    /// <summary>Null when another version wrote it, which told something else.</summary>
    private static BenchResult? Read(JsonElement told)
    {
        try
        {
            return told.Deserialize(CapabilityJson.Default.BenchResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Coarse enough that no two machines of a kind differ for certain.</summary>
    private static long TwoDigits(long value)
    {
        var step = 1L;
        while (Math.Abs(value) / step >= 100) step *= 10;
        return (value + (step / 2)) / step * step;
    }

    private static JsonElement Whole(JsonNode node)
    {
        Round(node);
        return Element(node);
    }

    private static void Round(JsonNode? node)
    {
        if (node is JsonArray items)
            for (var i = 0; i < items.Count; i++)
                if (Fraction(items[i]) is { } number) items[i] = number;
                else Round(items[i]);
        if (node is not JsonObject members) return;
        foreach (var name in members.Select(member => member.Key).ToList())
            if (Fraction(members[name]) is { } number) members[name] = number;
            else Round(members[name]);
    }

    private static long? Fraction(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number) && number != Math.Floor(number) ? (long)Math.Round(number) : null;

    private static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString());
}
