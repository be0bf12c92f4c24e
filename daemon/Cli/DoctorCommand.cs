using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Runners.Llama;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai doctor</c>: whether and why this daemon is well and reachable, in plain words; each trouble with the next step.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "tell whether this daemon is well and reachable, and what to do if not") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json };
        command.SetAction(ExamineAsync);
        return command;
    }

    private static async Task<int> ExamineAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        var (options, problems) = await CliConfig.LoadAsync(arguments);
        List<Finding> findings = [.. Configuration(options, problems), .. Libraries()];
        // Without its libraries nothing else can be looked at.
        var loaded = findings.TrueForAll(finding => finding is not { About: "library", Ok: false });
        if (loaded) findings.AddRange(Folder(folder));
        if (loaded && options is not null)
        {
            var (found, status) = await DaemonAsync(folder, cancellationToken);
            findings.AddRange(found);
            if (options.Runner.Kind == RunnerKind.Llama && File.Exists(RoleFile.PathFor(folder, Role.Node)))
            {
                var (gpu, _) = await GpuScan.ReadAsync(MachineRoot.This, names: null, cancellationToken);
                if (DoctorRules.Gpu(gpu, options.Runner.GpuLayers, GpuFiles.Missing, status) is { } finding) findings.Add(finding);
            }
        }

        var well = findings.TrueForAll(finding => finding.Ok);
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(ToJson(well, findings).ToJsonString());
        else findings.ForEach(Print);
        return well ? ExitCodes.Ok : ExitCodes.Negative;
    }

    private static IEnumerable<Finding> Configuration(FedAiOptions? options, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems) yield return new Finding("config", false, problem, "correct it; fedai config check reads it again");
        if (options is null) yield break;
        yield return new Finding("config", true, "read");
        if (options.Http.AllowPrivate != PrivateNetworks.None)
            yield return new Finding("config", true, $"http.allowPrivate is {options.Http.AllowPrivate.ToString().ToLowerInvariant()}: strangers may name addresses of this {(options.Http.AllowPrivate == PrivateNetworks.Lan ? "network" : "machine")}");
    }

    private static IEnumerable<Finding> Folder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield return new Finding("folder", false, $"{folder} is not there", $"make it with fedai keys new --data {folder}, or name another with --data");
            yield break;
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        yield return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & others) != 0
            ? new Finding("folder", false, $"{folder} is open to other users", $"chmod 700 {folder}")
            : new Finding("folder", true, folder);

        if (!IdentityFile.TryRead(folder, out var key, out var problem))
        {
            yield return new Finding("key", false, problem);
            yield break;
        }

        using (key)
        {
            yield return new Finding("key", true, key.PublicKey.Npub);
            var (role, _, noRole) = RoleFile.Read(folder, key);
            if (role is not null) yield return new Finding("manifest", true, role.Value.ToString().ToLowerInvariant());
            // A gateway needs none.
            else if (File.Exists(RoleFile.PathFor(folder, Role.Node)) || File.Exists(RoleFile.PathFor(folder, Role.Router))) yield return new Finding("manifest", false, noRole!);
        }
    }

    /// <summary>Those of the distribution, each used once: only that shows whether it can be loaded.</summary>
    private static IEnumerable<Finding> Libraries()
    {
        (string Name, Action Use)[] needed =
        [
            ("libsecp256k1", () => KeyPair.Generate().Dispose()), ("libsodium", () => X25519Key.Generate().Dispose()), ("libsqlite3", SqliteLibrary.Use),
        ];
        foreach (var (name, use) in needed)
        {
            string? problem = null;
            try
            {
                use();
            }
            catch (Exception exception) when (exception is DllNotFoundException || exception.InnerException is DllNotFoundException)
            {
                problem = exception is DllNotFoundException ? exception.Message : exception.InnerException!.Message;
            }

            yield return problem is null ? new Finding("library", true, name) : new Finding("library", false, $"{name}: {problem}", "install the package of your distribution, or run ./fedai.sh setup");
        }
    }

    private static async Task<(IEnumerable<Finding> Findings, JsonNode? Status)> DaemonAsync(string folder, CancellationToken cancellationToken)
    {
        using var control = new ControlClient(folder);
        try
        {
            if (await control.GetAsync("status", cancellationToken) is { } told && await control.GetAsync("doctor", cancellationToken) is { } doctor)
            {
                var status = JsonNode.Parse(told)!;
                return (DoctorRules.Judge(status, JsonNode.Parse(doctor)), status);
            }

            return ([new Finding("daemon", false, $"no fedai runs on {folder}", $"start it with fedai run --data {folder} (or fedai gateway), and ask again: only a running one can be reached")], null);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return ([new Finding("daemon", false, $"it runs, but did not answer: {exception.Message}", "look into its log; restart it if it hangs")], null);
        }
    }

    private static void Print(Finding finding)
    {
        Console.WriteLine($"{(finding.Ok ? "ok   " : "WRONG")}  {finding.About,-9}  {TerminalText.Clean(finding.Says)}");
        if (finding.Next is { } next) Console.WriteLine($"       {"",-9}  → {next}");
    }

    private static JsonObject ToJson(bool well, List<Finding> findings) => new()
    {
        ["ok"] = well,
        ["findings"] = new JsonArray([.. findings.Select(finding => new JsonObject { ["about"] = finding.About, ["ok"] = finding.Ok, ["says"] = finding.Says, ["next"] = finding.Next })]),
    };
}
