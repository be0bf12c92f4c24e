namespace FedAi.RelayDiscovery.Connections;

/// <summary>Reads a stranger's HTTP answer up to a size.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body, or null when it is longer than allowed; what is beyond is not read.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int mostBytes, CancellationToken stop)
    {
        if (content.Headers.ContentLength > mostBytes) return null;
        await using var stream = await content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var part = new byte[8 * 1024];
        while (await stream.ReadAsync(part, stop) is > 0 and var read)
        {
            if (body.Length + read > mostBytes) return null;
            body.Write(part, 0, read);
        }

        return body.ToArray();
    }
}
