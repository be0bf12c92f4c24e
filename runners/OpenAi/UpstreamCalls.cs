using System.Security.Cryptography;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.OpenAi;

/// <summary>Makes the pieces of tool calls what all peers read alike (<see cref="ToolCalls.Join"/>): servers leave out ids and indexes, repeat names, or send whole calls.</summary>
internal sealed class UpstreamCalls
{
    private readonly Dictionary<long, long> places = [];

    /// <summary>How many calls there are so far.</summary>
    public int Count { get; private set; }

    /// <summary>The pieces in our form; null when one belongs to no call, or there are more calls than anybody makes.</summary>
    public IReadOnlyList<ToolCallDelta>? Read(IReadOnlyList<UpstreamChunk.Call> pieces)
    {
        var read = new List<ToolCallDelta>(pieces.Count);
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            // Where no index is given, every name begins another call, and what has no name goes on with the last.
            var begins = piece.Index is { } index ? !places.ContainsKey(index) : !string.IsNullOrEmpty(piece.Function?.Name);
            if (begins)
            {
                if (string.IsNullOrEmpty(piece.Function?.Name) || Count == ToolCalls.MaxCalls) return null;
                if (piece.Index is { } named) places.Add(named, Count);
                read.Add(new ToolCallDelta
                {
                    Index = Count++,
                    Id = string.IsNullOrEmpty(piece.Id) ? $"call_{RandomNumberGenerator.GetHexString(24, lowercase: true)}" : piece.Id,
                    Name = piece.Function.Name,
                    Arguments = piece.Function.Arguments ?? "",
                });
            }
            else if (Count == 0) return null;
            else if (piece.Function?.Arguments is { Length: > 0 } arguments) read.Add(new ToolCallDelta { Index = piece.Index is { } known ? places[known] : Count - 1, Arguments = arguments });
        }

        return read;
    }
}
