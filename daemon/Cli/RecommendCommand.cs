using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Runners.Llama;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai recommend</c>: what a profiled machine is good for.</summary>
internal static class RecommendCommand
{
    /// <summary>Tokens that stand before a typical answer.</summary>
    private const int TypicalContext = 256;

    private static readonly Option<FileInfo> Profile = new("--profile") { Description = "what fedai profile --json wrote", HelpName = "FILE", Required = true };
    private static readonly Option<FileInfo?> Bench = new("--bench") { Description = "what fedai bench --json wrote", HelpName = "FILE" };
    private static readonly Option<FileInfo?> ModelFile = new("--model") { Description = "a GGUF file that would be served: tells its speed here, without loading it", HelpName = "FILE" };
    private static readonly Option<string> Wanted = new Option<string>("--intent") { Description = "what matters most", DefaultValueFactory = _ => "balanced" }
        .AcceptOnlyFromAmong("balanced", "low-power", "high-earnings", "privacy", "reliability");

    public static Command Create()
    {
        var command = new Command("recommend", "say which roles a profiled machine is good for, and with which limits")
        {
            Profile, Bench, ModelFile, Wanted, CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        if (await ReadAsync(arguments.GetValue(Profile)!, CapabilityJson.Default.MachineProfile, cancellationToken) is not { } profile) return ExitCodes.Usage;
        BenchResult? bench = null;
        if (arguments.GetValue(Bench) is { } file && (bench = await ReadAsync(file, CapabilityJson.Default.BenchResult, cancellationToken)) is null) return ExitCodes.Usage;

        var (speed, prices, problem) = await MarketAsync(arguments, options, bench, cancellationToken);
        if (problem is not null)
        {
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        }

        var recommendation = Recommender.Recommend(BandRules.Refine(profile, bench, options.Bands), bench, new RecommendInput
        {
            Gates = options.Node.Gates,
            Minimums = options.Router.Minimums,
            Bands = options.Bands,
            Intent = Enum.Parse<Intent>(arguments.GetValue(Wanted)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
            ModelMilliTokensPerSecond = speed,
            Prices = prices,
            Model = arguments.GetValue(ModelFile) is { } model ? ModelShape.TryRead(model.FullName, out _) : null,
            GpuLacks = GpuFiles.Missing,
        });
        Console.WriteLine(arguments.GetValue(CliOptions.Json) ? JsonSerializer.Serialize(recommendation, CapabilityJson.Default.Recommendation) : TerminalText.Fit(Text(recommendation)));
        return ExitCodes.Ok;
    }

    /// <summary>How fast the model is (as benched, or as its file and then its own jobs here tell), and what others ask.</summary>
    private static async Task<(long? Speed, IReadOnlyList<AdvertisedPrice> Prices, string? Problem)> MarketAsync(ParseResult arguments, FedAiOptions options, BenchResult? bench, CancellationToken cancellationToken)
    {
        var file = arguments.GetValue(ModelFile);
        var folder = arguments.GetValue(CliOptions.Data)!;
        // Its jobs are in the books under the name that it is served by.
        var served = NodeRunner.ModelsOf(options.Runner, options.Models, NodeRunner.Library(folder, TimeProvider.System)).Models;
        var name = file is null ? "" : served.FirstOrDefault(model => Path.GetFullPath(model.ModelPath) == file.FullName)?.ModelId ?? Path.GetFileNameWithoutExtension(file.Name);
        var market = await Market.AskAsync(folder, name, cancellationToken);
        var prices = market?.Prices ?? [];
        if (file is null) return (bench is { Model: [var first, ..] } ? first.MilliTokensPerSecond : null, prices, null);
        if (ModelShape.TryRead(file.FullName, out var problem) is not { } shape) return (null, prices, $"{file.FullName}: {problem}");
        if (bench is null) return (null, prices, "--model needs --bench: without figures of this machine nothing can be told");
        return SpeedRules.Predict(shape, bench, TypicalContext) is { } predicted
            ? (SpeedRules.After(predicted, market?.Jobs ?? []), prices, null)
            : (null, prices, "the benchmark lacks the memory's or the processor's figure; run fedai bench node again");
    }

    /// <summary>What a person reads: roles, what was left out and why, the router's verdict.</summary>
    public static string Text(Recommendation recommendation)
    {
        List<string> lines = [];
        foreach (var (role, rationale, limits) in recommendation.NodeProfiles)
        {
            lines.Add($"{role}: {rationale}");
            lines.Add(Say($"  {limits.MaxConcurrency} at once, {limits.MaxPayloadBytes} bytes, {limits.MaxTokens} tokens{(limits.ContextTokens is { } context ? $" of {context} with the prompt" : "")}, {limits.InputMsat} msat per token in and {limits.OutputMsat} out"));
        }

        foreach (var (role, reasons) in recommendation.NotRecommended) lines.Add($"not {role}: {string.Join("; ", reasons)}");
        if (recommendation.Earnings is { } earnings)
            lines.Add(Say($"a busy hour would bring {earnings.MsatPerBusyHour / 1000} sat at the prices of {earnings.PricesSeen} others"));
        lines.Add(recommendation.RouterEligibility.Statement);
        lines.AddRange(recommendation.RouterEligibility.Reasons.Concat(recommendation.RouterEligibility.Notes).Select(reason => $"  {reason}"));
        return string.Join('\n', lines);
    }

    private static async Task<T?> ReadAsync<T>(FileInfo file, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        try
        {
            await using var stream = file.OpenRead();
            if (await JsonSerializer.DeserializeAsync(stream, type, cancellationToken) is { } read) return read;
            await Errors.TellAsync($"{file.FullName} holds null");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            await Errors.TellAsync($"{file.FullName} cannot be read: {(exception is JsonException ? "it is not what fedai wrote" : exception.Message)}");
        }

        return null;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
