using System.Diagnostics;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Benchmarks;

/// <summary>A node in a process of its own that can be asked both ways: at its address, over TLS, and over the connection it opens to its router.</summary>
internal sealed class ReverseNode : IDisposable
{
    private const int Places = 256;

    private readonly Process process;

    private ReverseNode(Process process, PeerEndpoint address) => (this.process, Address) = (process, address);

    /// <summary>Where it is asked directly.</summary>
    public PeerEndpoint Address { get; }

    /// <summary>Starts it for a router, named as in node.routers.</summary>
    public static async Task<ReverseNode> StartAsync(string router, CancellationToken cancellationToken)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["reverse-node", router]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            if (line.Split(' ') is ["address", var url, var pin]) return new ReverseNode(process, new PeerEndpoint(new Uri(url), [pin], Named: true));
        throw new InvalidOperationException("the node did not start");
    }

    /// <summary>What runs in that process: it ends when its parent closes its standard input.</summary>
    public static async Task<int> RunAsync(string router)
    {
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions
        {
            Http = new HttpOptions { Tls = new TlsOptions { Mode = TlsMode.Pinned } },
            Node = new NodeOptions { Routers = [router], Reach = NodeReach.Reverse, MaxConcurrency = Places },
            Log = new LogOptions { Level = Microsoft.Extensions.Logging.LogLevel.Error },
        }, services => services.AddSingleton<IRunner>(new TickingRunner()));
        Console.WriteLine($"address {node.Base} {node.Services.GetRequiredService<PublicAddress>().TlsSpki![0]}");
        // Reading a console blocks, whatever its name says.
        await Task.Run(Console.In.ReadLine);
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
