using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai models verify</c>: reads the files again and holds them against what was added.</summary>
internal static class ModelsVerifyCommand
{
    private static readonly Argument<string[]> Names = new("name") { Description = "models to verify (default: all)", HelpName = "NAME", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("verify", "read model files again, and say whether they are what was added") { Names, CliOptions.Data, CliOptions.Json };
        command.SetAction((arguments, cancellationToken) => ModelsCommand.GuardAsync(() => VerifyAsync(arguments, cancellationToken)));
        return command;
    }

    private static async Task<int> VerifyAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (library, names) = (ModelsCommand.Library(arguments), arguments.GetValue(Names)!);
        var models = library.Read();
        if (names.FirstOrDefault(name => models.All(entry => entry.Name != name)) is { } missing)
            return await ModelsCommand.TellAsync(new($"there is no model {missing} in {library.Folder}; fedai models list shows them"));

        var results = new JsonArray();
        var code = ExitCodes.Ok;
        foreach (var entry in models.Where(entry => names.Length == 0 || names.Contains(entry.Name)))
        {
            var problem = await ProblemAsync(library, entry, cancellationToken);
            if (problem is not null) code = ExitCodes.Negative;
            results.Add((JsonNode)new JsonObject { ["name"] = entry.Name, ["ok"] = problem is null, ["problem"] = problem });
            if (!arguments.GetValue(CliOptions.Json)) Console.WriteLine(TerminalText.Clean($"{entry.Name}: {problem ?? "ok"}"));
        }

        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(new JsonObject { ["models"] = results }.ToJsonString());
        return code;
    }

    private static async Task<string?> ProblemAsync(ModelLibrary library, ModelEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            library.Hashes.Forget(library.PathOf(entry));
            using var progress = new TransferProgress(entry.Name, Math.Max(1, entry.Bytes), TimeProvider.System);
            return ModelRules.LoadProblem(await library.Hashes.OfAsync(library.PathOf(entry), progress, cancellationToken), entry, approved: null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
