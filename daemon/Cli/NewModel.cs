using System.CommandLine;
using System.Globalization;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary>What <c>fedai models add</c> and <c>pull</c> have in common: the name of the new model, what its file must be, whether it fits, and what is said at the end.</summary>
internal sealed record NewModel(string Name, string? Sha256)
{
    private static readonly Option<string?> NameOption = new("--name") { Description = "name to give it (default: the file's name without .gguf)", HelpName = "NAME" };
    private static readonly Option<string?> HashOption = new("--sha256") { Description = "what the file must be, 64 hex digits", HelpName = "HASH" };
    private static readonly Option<bool> Force = new("--force") { Description = "also if it does not fit into memory, or a model of this name is here" };

    public static IEnumerable<Option> Options => [NameOption, HashOption, Force, CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json];

    /// <summary>Null and what is wrong with the command line.</summary>
    public static (NewModel? Model, ModelProblem? Problem) Read(ParseResult arguments, ModelLibrary library, string fileName)
    {
        var name = arguments.GetValue(NameOption) ?? ModelRules.NameFrom(fileName);
        if (ModelRules.NameProblem(name) is { } unfit) return (null, new(unfit + "; give one with --name"));
        var expected = arguments.GetValue(HashOption);
        if (expected is not null && ModelRules.Hash(expected) is null) return (null, new($"--sha256 {expected} is no SHA-256: it has 64 hex digits"));
        return !arguments.GetValue(Force) && library.Read().Any(entry => entry.Name == name && File.Exists(library.PathOf(entry)))
            ? (null, new($"a model {name} is here already: remove it (fedai models rm {name}), give the new one another --name, or replace it with --force"))
            : (new(name, expected is null ? null : ModelRules.Hash(expected)), null);
    }

    /// <summary>Says whether it will fit into memory; a problem if it will not and nobody insists.</summary>
    public ModelProblem? Judge(ParseResult arguments, ModelFit fit, RunnerOptions runner)
    {
        var size = string.Create(CultureInfo.InvariantCulture,
            $"{Name}: {ByteText.Show(fit.FileBytes)}, takes {ByteText.Show(fit.NeededBytes)} of memory{(fit.GpuBytes > 0 ? $" and {ByteText.Show(fit.GpuBytes)} of the GPU's" : "")} for {runner.Slots} requests of {runner.ContextTokens} tokens, {ByteText.Show(fit.FreeBytes)} are free");
        if (fit.Problem is not null && !arguments.GetValue(Force))
            return new($"{size}: it does not fit; take a smaller model or quantization, less runner.contextTokens or runner.slots, or insist with --force");
        Console.Error.WriteLine($"{size}: it {(fit.Problem is null ? "fits" : "does not fit, and will not be served until it does")}");
        return null;
    }

    /// <summary>The last step: reads what is there, writes it down, and tells it.</summary>
    public async Task<int> TakeAsync(ParseResult arguments, ModelLibrary library, string? expected, string source, long bytes, CancellationToken cancellationToken)
    {
        ModelEntry? entry;
        ModelProblem? problem;
        using (var progress = new TransferProgress("hash", bytes, TimeProvider.System)) (entry, problem) = await library.TakeAsync(Name, expected, source, progress, cancellationToken);
        if (entry is null) return await ModelsCommand.TellAsync(problem!);
        Console.WriteLine(arguments.GetValue(CliOptions.Json) ? ModelsCommand.ToJson(entry).ToJsonString()
            : $"{entry.Name}  {ByteText.Show(entry.Bytes)}  sha256 {entry.Sha256}\nserve it with fedai run {entry.Name}");
        return ExitCodes.Ok;
    }
}
