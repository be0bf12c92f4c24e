using System.CommandLine;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai manifest --write --role node|router</c> and <c>fedai manifest verify FILE</c>.</summary>
internal static class ManifestCommand
{
    // What a router without benchmarks promises; existing software uses the same numbers.
    private const int RouterQps = 100;
    private const int RouterJobs = 50;

    private static readonly Option<bool> Write = new("--write") { Description = "sign and write the manifest into the data folder" };
    private static readonly Option<string> RoleName = new Option<string>("--role") { Description = "what this daemon is to be" }.AcceptOnlyFromAmong("node", "router");
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "a node.manifest.json or router.manifest.json" };

    public static Command Create()
    {
        var verify = new Command("verify", "check shape, id and signature of a manifest") { File };
        verify.SetAction((arguments, _) => VerifyAsync(arguments.GetValue(File)!));

        var command = new Command("manifest", "write or check the signed description of a node or router")
        {
            Write, RoleName, CliOptions.Data, CliOptions.Config, CliOptions.Set, verify,
        };
        command.SetAction((arguments, _) => WriteAsync(arguments));
        return command;
    }

    private static async Task<int> WriteAsync(ParseResult arguments)
    {
        if (!arguments.GetValue(Write) || arguments.GetValue(RoleName) is not { } name)
        {
            await Errors.TellAsync("say what to do: fedai manifest --write --role node|router, or fedai manifest verify FILE");
            return ExitCodes.Usage;
        }

        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        if (!IdentityFile.TryRead(folder, out var key, out var problem))
        {
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        }

        using (key)
        {
            var role = name == "node" ? Role.Node : Role.Router;
            var path = RoleFile.PathFor(folder, role);
            // Beside it first and synced, so that neither a reader nor a power cut leaves half a manifest.
            await using (var file = System.IO.File.Create(path + ".new"))
            {
                await file.WriteAsync(Sign(role, key, options, options.Http.Tls.Mode == TlsMode.Pinned ? PinnedCertificate.Open(folder).Spki : null));
                file.Flush(flushToDisk: true);
            }

            System.IO.File.Move(path + ".new", path, overwrite: true);
            Console.WriteLine(path);
        }

        return ExitCodes.Ok;
    }

    private static byte[] Sign(Role role, KeyPair key, FedAiOptions options, IReadOnlyList<string>? tlsSpki)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (role == Role.Router)
            return ManifestWriter.Router(key, new RouterLimits { MaxQps = RouterQps, MaxConcurrentJobs = RouterJobs, MaxPayloadBytes = options.Http.MaxRequestBytes }, ProductVersion.Text, tlsSpki, now);
        var limits = new NodeLimits { MaxConcurrency = options.Node.MaxConcurrency, MaxPayloadBytes = options.Http.MaxRequestBytes, MaxTokens = options.Node.MaxTokens };
        var pricing = new PricingDefaults
        {
            Unit = "token",
            InputRate = Prices.ToSat(options.Node.Pricing.InputMsat),
            OutputRate = Prices.ToSat(options.Node.Pricing.OutputMsat),
            Currency = Prices.Sat,
        };
        return ManifestWriter.Node(key, limits, pricing, ProductVersion.Text, tlsSpki, now);
    }

    private static async Task<int> VerifyAsync(FileInfo file)
    {
        if (!file.Exists)
        {
            await Errors.TellAsync($"there is no file {file.FullName}");
            return ExitCodes.Usage;
        }

        var json = await System.IO.File.ReadAllBytesAsync(file.FullName);
        // A router's manifest is the one with a router_mode; everything else must be a node's.
        var asRouter = RoleFile.Open(json, Role.Router);
        var (key, refusal) = asRouter.Refusal?.Code == ErrorCode.InvalidManifest ? RoleFile.Open(json, Role.Node) : asRouter;
        if (refusal is null)
        {
            Console.WriteLine($"valid: signed by {key!.Npub}");
            return ExitCodes.Ok;
        }

        Console.WriteLine($"invalid: {RoleFile.Sentence(refusal)}");
        return ExitCodes.Negative;
    }
}
