using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai models</c>: the model files of a data folder, with what they are known by.</summary>
internal static class ModelsCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "model, as fedai models list names it", HelpName = "NAME" };
    private static readonly Option<bool> Force = new("--force") { Description = "also while a running daemon serves it" };

    public static Command Create()
    {
        var list = new Command("list", "which models are here, and from where") { CliOptions.Data, CliOptions.Json };
        list.SetAction((arguments, cancellationToken) => GuardAsync(() => ModelsListCommand.ListAsync(arguments, cancellationToken)));
        var remove = new Command("rm", "forget a model and delete its file") { Name, CliOptions.Data, CliOptions.Json, Force };
        remove.SetAction((arguments, cancellationToken) => GuardAsync(() => RemoveAsync(arguments, cancellationToken)));
        return new Command("models", "model files: get, check, list and remove them") { list, ModelsAddCommand.Create(), ModelsPullCommand.Create(), remove, ModelsVerifyCommand.Create() };
    }

    /// <summary>The models of the folder that the command line names.</summary>
    public static ModelLibrary Library(ParseResult arguments) => NodeRunner.Library(Path.GetFullPath(arguments.GetValue(CliOptions.Data)!), TimeProvider.System);

    /// <summary>Runs a command; what the disk refuses is one line, not a bug.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await TellAsync(new(exception.Message, MayPass: true));
        }
        catch (InvalidDataException exception)
        {
            await Errors.TellAsync(exception.Message);
            return ExitCodes.Usage;
        }
    }

    /// <summary>Tells the problem and gives its exit code.</summary>
    public static async Task<int> TellAsync(ModelProblem problem)
    {
        await Errors.TellAsync(problem.Text);
        return problem.MayPass ? ExitCodes.TryAgain : ExitCodes.Negative;
    }

    public static JsonObject ToJson(ModelEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["file"] = entry.FileName,
        ["sha256"] = entry.Sha256,
        ["bytes"] = entry.Bytes,
        ["source"] = entry.Source,
        ["addedMs"] = entry.AddedMs,
    };

    private static async Task<int> RemoveAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (library, name) = (Library(arguments), arguments.GetRequiredValue(Name));
        var unfinished = library.Unfinished().FirstOrDefault(one => one.Name == name);
        if (unfinished is not null) library.Drop(unfinished);
        if (library.Read().FirstOrDefault(one => one.Name == name) is not { } entry)
            return unfinished is not null ? Removed(arguments, new JsonObject { ["name"] = name, ["bytes"] = unfinished.Bytes }) :  await TellAsync(new($"there is no model {name} in {library.Folder}; fedai models list shows them"));
        if (!arguments.GetValue(Force) && await IsServedAsync(arguments.GetValue(CliOptions.Data)!, entry, cancellationToken))
            return await TellAsync(new($"a running fedai serves {name}: stop it or let it serve another model first, or use --force, and it stops serving {name} at its next start"));
        await library.RemoveAsync(entry, cancellationToken);
        return Removed(arguments, ToJson(entry));
    }

    private static int Removed(ParseResult arguments, JsonObject model)
    {
        Console.WriteLine(arguments.GetValue(CliOptions.Json) ? model.ToJsonString() : $"removed {model["name"]}, {ByteText.Show((long)model["bytes"]!)} are free again");
        return ExitCodes.Ok;
    }

    private static async Task<bool> IsServedAsync(string dataFolder, ModelEntry entry, CancellationToken cancellationToken)
    {
        using var control = new ControlClient(dataFolder);
        return await control.GetAsync("status", cancellationToken) is { } status
            && JsonNode.Parse(status)?["modelHashes"] is JsonObject served && served.Any(model => (string?)model.Value == entry.Sha256);
    }
}
