using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai keys new|show</c>: the daemon's identity.</summary>
internal static class KeysCommand
{
    private static readonly Option<bool> Secret = new("--secret") { Description = "also print the secret key (nsec1…): whoever has it is you" };

    public static Command Create()
    {
        var make = new Command("new", "make a new identity and keep it in the data folder") { CliOptions.Data, CliOptions.Json };
        make.SetAction(async (arguments, _) =>
        {
            var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
            var problem = File.Exists(IdentityFile.PathIn(folder)) ? $"{IdentityFile.PathIn(folder)} is there already and stays: show it with fedai keys show --data {folder}"
                : WritablePlace.FolderProblem(folder) is { } cannot ? $"{cannot}, or name another place with --data"
                : null;
            if (problem is null && IdentityFile.TryCreate(folder, out var key)) return Print(arguments, key, secret: false);
            await Errors.TellAsync(problem ?? $"{folder} was given a key by somebody else just now");
            return ExitCodes.Usage;
        });

        var show = new Command("show", "print the identity's public key") { CliOptions.Data, CliOptions.Json, Secret };
        show.SetAction(async (arguments, _) =>
        {
            if (IdentityFile.TryRead(Path.GetFullPath(arguments.GetValue(CliOptions.Data)!), out var key, out var problem)) return Print(arguments, key, arguments.GetValue(Secret));
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        });
        return new Command("keys", "the daemon's identity") { make, show };
    }

    private static int Print(ParseResult arguments, KeyPair key, bool secret)
    {
        using (key)
        {
            if (arguments.GetValue(CliOptions.Json))
            {
                var json = new JsonObject { ["npub"] = key.PublicKey.Npub, ["hex"] = key.PublicKey.Hex };
                if (secret) json["nsec"] = key.ToNsec();
                Console.WriteLine(json.ToJsonString());
            }
            else
            {
                Console.WriteLine(key.PublicKey.Npub);
                if (secret) Console.WriteLine(key.ToNsec());
            }
        }

        return ExitCodes.Ok;
    }
}
