using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FedAi.TestKit;

/// <summary>
/// A small federation on loopback, set up as its operators would: by the commands of the executable, one process and one
/// data folder for each daemon, free ports. It is gone, processes and folders, when disposed.
/// </summary>
internal sealed class ProcessFederation(string executable) : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<FedaiProcess> processes = [];

    /// <summary>What to start the processes of a daemon with, such as <c>ip netns exec NAME</c>. Default: nothing.</summary>
    public Func<string, string[]> Launcher { get; init; } = _ => [];

    /// <summary>The data folder of the daemon with this name.</summary>
    public string Data(string name) => folder.File(name);

    /// <summary>A router with its own relay, which lets endpoints be on this machine.</summary>
    public Task<FedaiProcess> StartRouterAsync(CancellationToken cancellationToken, string name = "router", JsonObject? settings = null) =>
        StartAsync(name, "router", settings ?? [], cancellationToken);

    /// <summary>A node that serves one router unless its settings name others; with a model besides the runner's settings, or (null) without any runner.</summary>
    public async Task<FedaiProcess> StartNodeAsync(FedaiProcess router, string? model, CancellationToken cancellationToken, string name = "node", JsonObject? settings = null)
    {
        settings ??= [];
        var (node, runner) = (settings["node"] ??= new JsonObject(), settings["runner"] ??= new JsonObject());
        node["routers"] ??= new JsonArray($"{await NpubAsync("router", cancellationToken)}@{router.Url}");
        if (model is null) runner["kind"] = "none";
        else runner["modelPath"] = model;
        return await StartAsync(name, "node", settings, cancellationToken);
    }

    /// <summary>A gateway that knows nothing but a relay, or (null) what its settings say.</summary>
    public async Task<FedaiProcess> StartGatewayAsync(Uri? relay, CancellationToken cancellationToken, string name = "gateway", JsonObject? settings = null)
    {
        await PrepareAsync(name, role: null, settings ?? [], cancellationToken);
        string[] named = relay is null ? [] : ["--relay", relay.ToString()];
        return await KeepAsync(name, ["gateway", "--data", Data(name), "--listen", "127.0.0.1:0", .. named], cancellationToken);
    }

    /// <summary>Starts a gateway again after it was stopped, where it listened before.</summary>
    public Task<FedaiProcess> RestartGatewayAsync(FedaiProcess gateway, CancellationToken cancellationToken, string name = "gateway") =>
        KeepAsync(name, ["gateway", "--data", Data(name), "--listen", $"{gateway.Url.Host}:{gateway.Url.Port}"], cancellationToken);

    /// <summary>A relay alone.</summary>
    public Task<FedaiProcess> StartRelayAsync(string name, string listen, CancellationToken cancellationToken) =>
        KeepAsync(name, ["relay", "--data", Data(name), "--listen", listen], cancellationToken);

    /// <summary>The address of the relay that a router is.</summary>
    public static Uri RelayOf(FedaiProcess router) => new UriBuilder(router.Url) { Scheme = "ws", Path = "/relay" }.Uri;

    /// <summary>Starts the daemon of a folder again, after it was stopped or killed; where it listened before, if that is given.</summary>
    public Task<FedaiProcess> RestartAsync(string name, CancellationToken cancellationToken, Uri? listen = null) =>
        RunAsync(name, cancellationToken, "--listen", listen is null ? "127.0.0.1:0" : $"{listen.Host}:{listen.Port}");

    /// <summary>A daemon with these settings and no others, listening where they say.</summary>
    public async Task<FedaiProcess> StartDaemonAsync(string name, string role, JsonObject settings, CancellationToken cancellationToken)
    {
        await PrepareAsync(name, role, settings, cancellationToken);
        return await RunAsync(name, cancellationToken);
    }

    /// <summary>Runs one command to its end.</summary>
    public Task<CommandResult> CommandAsync(CancellationToken cancellationToken, params string[] arguments) => CommandAtAsync("", cancellationToken, arguments);

    /// <summary>Runs one command where the daemon with this name runs.</summary>
    public async Task<CommandResult> CommandAtAsync(string name, CancellationToken cancellationToken, params string[] arguments)
    {
        string[] line = [.. name.Length > 0 ? Launcher(name) : [], executable, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new CommandResult(process.ExitCode, output, await errors);
    }

    /// <summary>The public key of a daemon; its key is made when it has none yet.</summary>
    public async Task<string> NpubAsync(string name, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(Data(name), "identity.nsec"))) await MustAsync(cancellationToken, "keys", "new", "--data", Data(name));
        return JsonNode.Parse(await MustAsync(cancellationToken, "keys", "show", "--data", Data(name), "--json"))!["npub"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes)) await process.DisposeAsync();
        folder.Dispose();
    }

    private Task<FedaiProcess> RunAsync(string name, CancellationToken cancellationToken, params string[] more) =>
        KeepAsync(name, ["run", "--data", Data(name), .. more], cancellationToken);

    private async Task<FedaiProcess> StartAsync(string name, string role, JsonObject settings, CancellationToken cancellationToken)
    {
        await PrepareAsync(name, role, settings, cancellationToken);
        return await RestartAsync(name, cancellationToken);
    }

    private async Task PrepareAsync(string name, string? role, JsonObject settings, CancellationToken cancellationToken)
    {
        settings["http"] ??= new JsonObject { ["allowPrivate"] = "loopback" };
        await NpubAsync(name, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Data(name), "fedai.json"), settings.ToJsonString(), cancellationToken);
        if (role is not null) await MustAsync(cancellationToken, "manifest", "--write", "--role", role, "--data", Data(name));
    }

    private async Task<string> MustAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await CommandAsync(cancellationToken, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"fedai {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Output}{result.Errors}");
    }

    private async Task<FedaiProcess> KeepAsync(string name, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string[] line = [.. Launcher(name), executable, .. arguments];
        var process = await FedaiProcess.StartAsync(line[0], line[1..], cancellationToken);
        processes.Add(process);
        return process;
    }
}
