using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai manifest --write --role node|router</c> and <c>fedai manifest verify FILE</c>.</summary>
internal static class ManifestCommand
{
    /// <summary>What a signature that lies beside its manifest is called.</summary>
    private const string Detached = ".sig";

    private static readonly Option<bool> Write = new("--write") { Description = "sign and write the manifest into the data folder" };
    private static readonly Option<string> RoleName = new Option<string>("--role") { Description = "what this daemon is to be" }.AcceptOnlyFromAmong("node", "router");
    private static readonly Option<FileInfo?> Profile = new("--profile") { Description = "the machine, as fedai profile --json wrote it; without it the manifest says of it what it said before, and at first the lowest bands", HelpName = "FILE" };
    private static readonly Option<FileInfo?> Bench = new("--bench") { Description = "its benchmark, as fedai bench --json wrote it; without it the manifest keeps the one it has", HelpName = "FILE" };
    private static readonly Option<bool> SkipRelays = new("--skip-relays") { Description = "ask nobody, and leave the relays out" };
    private static readonly Option<bool> AlsoDetached = new("--detached") { Description = "also write the signature into a file of its own, FILE.sig" };
    private static readonly Argument<FileInfo> ToVerify = new("FILE") { Description = "a node.manifest.json or router.manifest.json; FILE.sig is checked too where it is there" };

    public static Command Create()
    {
        var verify = new Command("verify", "check shape, id, values and signature of a manifest; asks nobody") { ToVerify };
        verify.SetAction((arguments, _) => VerifyAsync(arguments.GetValue(ToVerify)!));

        var command = new Command("manifest", "write or check the signed description of a node or router")
        {
            Write, RoleName, Profile, Bench, AlsoDetached, SkipRelays, CliOptions.Data, CliOptions.Config, CliOptions.Set, verify,
        };
        RelayFlags.AddTo(command);
        command.SetAction(WriteAsync);
        return command;
    }

    private static async Task<int> WriteAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!arguments.GetValue(Write) || arguments.GetValue(RoleName) is not { } name)
        {
            await Errors.TellAsync("say what to do: fedai manifest --write --role node|router, or fedai manifest verify FILE");
            return ExitCodes.Usage;
        }

        if (await CliConfig.ReadAsync(arguments, RelayFlags.Values(arguments)) is not { } options) return ExitCodes.Usage;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        if (!IdentityFile.TryRead(folder, out var key, out var problem))
        {
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        }

        using (key)
        {
            if (await ReadAsync(arguments.GetValue(Profile), CapabilityJson.Default.MachineProfile) is not (true, var profile)
                || await ReadAsync(arguments.GetValue(Bench), CapabilityJson.Default.BenchResult) is not (true, var bench)) return ExitCodes.Usage;
            var role = name == "node" ? Role.Node : Role.Router;
            var path = OwnManifestFile.Write(folder, role, key, options, new ManifestFacts
            {
                Version = ProductVersion.Text,
                NowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                Profile = profile is null ? null : BandRules.Refine(profile, bench, options.Bands),
                Bench = bench,
                Before = OwnManifestFile.Before(folder, role, key),
                Relays = arguments.GetValue(SkipRelays) ? null : await RelayFlags.FindAsync(options, folder, cancellationToken),
            });
            if (arguments.GetValue(AlsoDetached)) OwnManifestFile.Replace(path + Detached, Encoding.UTF8.GetBytes(JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken))!["signature"]!.ToJsonString()));
            Console.WriteLine(path);
        }

        return ExitCodes.Ok;
    }

    /// <summary>What the file holds, null for no file; false after its problem was told.</summary>
    private static async Task<(bool Fine, T? Value)> ReadAsync<T>(FileInfo? file, JsonTypeInfo<T> type) where T : class
    {
        if (file is null) return (true, null);
        try
        {
            if (JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file.FullName), type) is { } value) return (true, value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Told below.
        }

        await Errors.TellAsync($"{file.FullName} cannot be read, or is not what fedai wrote");
        return (false, null);
    }

    private static async Task<int> VerifyAsync(FileInfo file)
    {
        if (!file.Exists)
        {
            await Errors.TellAsync($"there is no file {file.FullName}");
            return ExitCodes.Usage;
        }

        var json = await File.ReadAllBytesAsync(file.FullName);
        var (whole, conflict) = await WithDetachedAsync(json, file.FullName + Detached);
        // A router's manifest is the one with a router_mode; everything else must be a node's.
        var asRouter = RoleFile.Open(whole, Role.Router);
        var (key, refusal) = asRouter.Refusal is { Code: ErrorCode.InvalidManifest, Details: { } details } && details.Any(detail => detail.StartsWith("router_mode: Required", StringComparison.Ordinal))
            ? RoleFile.Open(whole, Role.Node) : asRouter;
        if (conflict is null && refusal is null)
        {
            Console.WriteLine($"valid: signed by {key!.Npub}");
            return ExitCodes.Ok;
        }

        Console.WriteLine($"invalid: {conflict ?? RoleFile.Sentence(refusal!)}");
        return ExitCodes.Negative;
    }

    /// <summary>The manifest with the signature that lies beside it, where it has none of its own; two different ones are a conflict.</summary>
    private static async Task<(byte[] Json, string? Conflict)> WithDetachedAsync(byte[] json, string path)
    {
        if (!File.Exists(path)) return (json, null);
        try
        {
            var (manifest, beside) = (JsonNode.Parse(json)!.AsObject(), JsonNode.Parse(await File.ReadAllBytesAsync(path)));
            if (manifest["signature"] is { } embedded) return (json, JsonNode.DeepEquals(embedded, beside) ? null : $"the signature in it and the one in {path} differ");
            // Cut in as text: numbers and letters of what is signed stay as they are.
            var end = json.AsSpan().LastIndexOf((byte)'}');
            return ([.. json.AsSpan(0, end), .. ",\"signature\":"u8, .. Encoding.UTF8.GetBytes(beside!.ToJsonString()), (byte)'}'], null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (json, $"{path} or the manifest is not JSON");
        }
    }
}
