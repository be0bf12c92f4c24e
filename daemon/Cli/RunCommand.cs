using System.CommandLine;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Router;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai run</c>: a node or a router, as the manifest in the data folder says.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> Listen = CliOptions.Listen("where to listen, instead of http.listen");

    private static readonly Argument<string?> Model = new("model") { Description = "model a node serves, by its name in fedai models list or its file, instead of runner.modelPath", HelpName = "MODEL", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("run", "run the daemon; its role stands in the data folder's manifest") { Model, CliOptions.Data, CliOptions.Config, CliOptions.Set, Listen };
        command.SetAction((arguments, _) => RunAsync(arguments));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        (string, string?)[] flags = [("http.listen", arguments.GetValue(Listen)), ("runner.modelPath", arguments.GetValue(Model))];
        if (await CliConfig.ReadAsync(arguments, flags) is not { } options) return ExitCodes.Usage;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        if (!IdentityFile.TryRead(folder, out var key, out var problem))
        {
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        }

        using (key)
        {
            var (role, manifest, noRole) = RoleFile.Read(folder, key);
            if (RouterStanding.Of(manifest).Opens(options.Filter, options.Router) is { } opens) (role, noRole) = (null, opens);
            if (role is not null)
                return await DaemonHost.RunAsync(new DaemonContext { Role = role.Value, DataFolder = folder, Options = options, Key = key, Manifest = manifest, Reread = () => CliConfig.LoadAsync(arguments, flags) }, Console.Error);
            await Errors.TellAsync(noRole!);
            return ExitCodes.Usage;
        }
    }
}
