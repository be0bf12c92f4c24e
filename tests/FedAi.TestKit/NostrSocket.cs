using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace FedAi.TestKit;

/// <summary>Frames of Nostr over a bare WebSocket, for tests that must say what no honest client or relay would.</summary>
internal static class NostrSocket
{
    public static async Task<ClientWebSocket> ConnectAsync(Uri relay)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(relay, default);
        return socket;
    }

    /// <summary>The next frame; the end of the connection is a <see cref="WebSocketException"/>.</summary>
    public static async Task<JsonArray> ReceiveAsync(this WebSocket socket)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var buffer = new byte[256 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            if (part.MessageType is WebSocketMessageType.Close) throw new WebSocketException($"{socket.CloseStatus}: {socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return JsonNode.Parse(buffer.AsSpan(0, length))!.AsArray();
        }
    }

    /// <summary>Waits for a frame of this type and skips others.</summary>
    public static async Task<JsonArray> ReceiveAsync(this WebSocket socket, string type)
    {
        while (true)
        {
            var frame = await socket.ReceiveAsync();
            if ((string)frame[0]! == type) return frame;
        }
    }

    public static Task SendAsync(this WebSocket socket, string frame) => socket.SendAsync(Encoding.UTF8.GetBytes(frame));

    public static Task SendAsync(this WebSocket socket, byte[] frame) => socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, default);
}
