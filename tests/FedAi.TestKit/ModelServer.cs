using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FedAi.TestKit;

/// <summary>
/// A hub of models on loopback that serves one file under any path, one answer per connection, and can do what servers do: break off in the
/// middle (all it sent arrives), know no ranges, have another file the next time, send on to another address.
/// </summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(string Path, string Range)> asked = new();
    private readonly Task accepting;

    private ModelServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));

    /// <summary>The paths and the ranges of the requests so far.</summary>
    public IReadOnlyList<(string Path, string Range)> Asked => [.. asked];

    public required byte[] File { get; set; }

    public string? Tag { get; set; } = "\"one\"";

    public bool KnowsRanges { get; set; } = true;

    /// <summary>More header lines of each answer.</summary>
    public string Headers { get; set; } = "";

    /// <summary>The next answers break off after so many bytes of their body.</summary>
    public ConcurrentQueue<int> BreaksOff { get; } = new();

    /// <summary>Where a path sends on to; null where the file is.</summary>
    public Func<string, string?> SendsOn { get; set; } = _ => null;

    /// <summary>Called before each answer.</summary>
    public Action<string> OnAsked { get; set; } = _ => { };

    public static ModelServer Start(byte[] file) => new() { File = file };

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using var socket = await listener.AcceptSocketAsync();
            try
            {
                await using var stream = new NetworkStream(socket);
                var answer = Answer(await HeadAsync(stream));
                await stream.WriteAsync(answer);
                socket.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(new byte[1024]) > 0) { } // until the other end has read all and closes too
            }
            catch (IOException)
            {
                // the client had enough
            }
        }
    }

    private static async Task<string[]> HeadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { Length: > 0 } line) lines.Add(line);
        return [.. lines];
    }

    private byte[] Answer(string[] head)
    {
        var (path, range, ifRange) = (head[0].Split(' ')[1], ValueOf(head, "Range"), ValueOf(head, "If-Range"));
        asked.Enqueue((path, range));
        OnAsked(range);
        if (SendsOn(path) is { } to) return Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {to}\r\n{Headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
        var file = File;
        var isPart = range.Length > 0 && KnowsRanges && (ifRange.Length == 0 || ifRange == Tag);
        var bounds = isPart ? range["bytes=".Length..].Split('-') : ["0", ""];
        var from = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        var until = bounds[1].Length > 0 ? Math.Min(file.Length, int.Parse(bounds[1], CultureInfo.InvariantCulture) + 1) : file.Length;
        var tag = Tag is null ? "" : $"ETag: {Tag}\r\n";
        var status = isPart ? string.Create(CultureInfo.InvariantCulture, $"206 Partial Content\r\nContent-Range: bytes {from}-{until - 1}/{file.Length}") : "200 OK";
        var start = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{tag}{Headers}Content-Length: {until - from}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(start), .. file.AsSpan(from, BreaksOff.TryDequeue(out var most) ? Math.Min(most, until - from) : until - from)];
    }

    private static string ValueOf(string[] head, string name) =>
        head.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
}
