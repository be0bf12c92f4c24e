using System.Buffers;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>Reads a request's body up to a limit in bytes; what cannot be read is a refusal.</summary>
internal static class RequestBody
{
    public static Refusal TooLarge { get; } = new(ErrorCode.PayloadTooLarge, "The body is larger than this daemon takes; send less.");

    public static async ValueTask<(ReadOnlyMemory<byte> Body, Refusal? Refusal)> ReadAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength > maxBytes) return (default, TooLarge);
        var reader = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                if (read.Buffer.Length > maxBytes) return (default, TooLarge);
                if (!read.IsCompleted)
                {
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body.Length > 0 ? (body, null) : (default, new Refusal(ErrorCode.EmptyBody, "The body is empty; send signed JSON."));
            }
        }
        catch (BadHttpRequestException exception)
        {
            return (default, exception.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge,
                StatusCodes.Status408RequestTimeout => new Refusal(ErrorCode.RequestTimeout, "The body came too slowly; send it at once."),
                _ => new Refusal(ErrorCode.InvalidRequest, "This is not a well-formed HTTP request."),
            });
        }
    }
}
