using System.CommandLine;
using FedAi.Daemon.Hosting;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai models add FILE</c>: takes a file that is on this machine.</summary>
internal static class ModelsAddCommand
{
    private static readonly Argument<string> File = new("file") { Description = "GGUF file", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("add", "take a model file that is on this machine: cloned or linked where the file system can, else copied") { File };
        foreach (var option in NewModel.Options) command.Add(option);
        command.SetAction((arguments, cancellationToken) => ModelsCommand.GuardAsync(() => AddAsync(arguments, cancellationToken)));
        return command;
    }

    private static async Task<int> AddAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        var (library, from) = (ModelsCommand.Library(arguments), Path.GetFullPath(arguments.GetRequiredValue(File)));
        var (model, problem) = NewModel.Read(arguments, library, Path.GetFileName(from));
        if (model is null) return await ModelsCommand.TellAsync(problem!);
        if (ModelFit.OfFile(from, options.Runner.ContextTokens, options.Runner.Slots, options.Runner.GpuLayers, out var unfit) is not { } fit)
            return await ModelsCommand.TellAsync(new($"{from} cannot be added: {unfit}"));
        if (model.Judge(arguments, fit, options.Runner) is { } refused) return await ModelsCommand.TellAsync(refused);

        if (library.Place(from, model.Name) is { } notPlaced) return await ModelsCommand.TellAsync(notPlaced);
        return await model.TakeAsync(arguments, library, model.Sha256, from, fit.FileBytes, cancellationToken);
    }
}
