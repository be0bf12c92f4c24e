using System.CommandLine;
using FedAi.Daemon.Hosting;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai models pull SOURCE</c>: downloads a model, after saying whether it will fit.</summary>
internal static class ModelsPullCommand
{
    private static readonly Argument<string> Source = new("source") { Description = "hf:OWNER/REPOSITORY/FILE.gguf, or an https address", HelpName = "SOURCE" };
    private static readonly Option<string?> Hub = new("--hub") { Description = "what hf: stands for, instead of models.hub", HelpName = "URL" };

    public static Command Create()
    {
        var command = new Command("pull", "download a model; a broken download goes on where it stopped") { Source, Hub };
        foreach (var option in NewModel.Options) command.Add(option);
        command.SetAction((arguments, cancellationToken) => ModelsCommand.GuardAsync(() => PullAsync(arguments, cancellationToken)));
        return command;
    }

    private static async Task<int> PullAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await CliConfig.ReadAsync(arguments, ("models.hub", arguments.GetValue(Hub))) is not { } options) return ExitCodes.Usage;
        var library = ModelsCommand.Library(arguments);
        if (ModelSource.TryParse(arguments.GetRequiredValue(Source), options.Models.Hub, out var noSource) is not { } source)
        {
            await Errors.TellAsync(noSource!);
            return ExitCodes.Usage;
        }

        var (model, problem) = NewModel.Read(arguments, library, source.FileName);
        if (model is null) return await ModelsCommand.TellAsync(problem!);
        using var download = new ModelDownload(source, model.Sha256, TimeProvider.System);
        (var fit, problem) = await download.AskAsync(options.Runner.ContextTokens, options.Runner.Slots, options.Runner.GpuLayers, cancellationToken);
        problem ??= model.Judge(arguments, fit!, options.Runner);
        if (problem is not null) return await ModelsCommand.TellAsync(problem);

        var part = library.PartOf(model.Name);
        using (var progress = new TransferProgress(model.Name, download.Bytes, TimeProvider.System)) problem = await download.FetchAsync(part, progress, cancellationToken);
        return problem is null
            ? await model.TakeAsync(arguments, library, download.Sha256, source.Text, download.Bytes, cancellationToken)
            : await ModelsCommand.TellAsync(problem);
    }
}
