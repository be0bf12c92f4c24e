using System.Diagnostics;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>The stub node in a process of its own, as a node is: this program, started once more with <c>stub ROUTER</c>.</summary>
internal sealed class StubProcess : IDisposable
{
    /// <summary>Half of the time after which a router counts a silent node as gone.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly Process process;

    private StubProcess(Process process, Uri url, PublicKey key) => (this.process, Url, Key) = (process, url, key);

    public Uri Url { get; }

    public PublicKey Key { get; }

    /// <summary>Starts it and waits until the router has taken its registration.</summary>
    public static async Task<StubProcess> StartAsync(Uri router, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["stub", router.ToString()]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line?.Split(' ') is [var url, var npub] && PublicKey.TryParseNpub(npub, out var key)) return new StubProcess(process, new Uri(url), key);
        throw new InvalidOperationException("the stub node did not start");
    }

    /// <summary>What runs in that process: it ends when its parent closes its standard input.</summary>
    public static async Task<int> RunAsync(Uri router)
    {
        using var key = KeyPair.Generate();
        await using var node = await StubNode.StartAsync(key);
        await node.RegisterAsync(router, CancellationToken.None);
        Console.WriteLine($"{node.Base} {key.PublicKey.Npub}");

        // Reading a console blocks, whatever its name says.
        var parent = Task.Run(Console.In.ReadLine);
        using var heartbeat = new PeriodicTimer(Heartbeat);
        while (await Task.WhenAny(parent, heartbeat.WaitForNextTickAsync().AsTask()) != parent)
            await node.RegisterAsync(router, CancellationToken.None);
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
