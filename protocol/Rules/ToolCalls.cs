using System.Text;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>How the streamed pieces of tool calls become calls; all peers must come to the same, because the node signs the calls.</summary>
public static class ToolCalls
{
    /// <summary>More calls than anybody makes in one answer.</summary>
    public const int MaxCalls = 128;

    /// <summary>The calls, or null when the pieces do not make whole ones: an index out of turn, a call without id or name.</summary>
    public static IReadOnlyList<ToolCall>? Join(IEnumerable<ToolCallDelta> pieces)
    {
        var calls = new List<(string Id, string Name, StringBuilder Arguments)>();
        foreach (var piece in pieces)
        {
            if (piece.Index < 0 || piece.Index > calls.Count || piece.Index >= MaxCalls) return null;
            if (piece.Index == calls.Count)
            {
                if (string.IsNullOrEmpty(piece.Id) || string.IsNullOrEmpty(piece.Name)) return null;
                calls.Add((piece.Id, piece.Name, new StringBuilder()));
            }

            calls[(int)piece.Index].Arguments.Append(piece.Arguments);
        }

        return [.. calls.Select(call => new ToolCall { Id = call.Id, Name = call.Name, Arguments = call.Arguments.ToString() })];
    }

    /// <summary>Whether two answers call the same tools with the same arguments; none and an empty list are the same.</summary>
    public static bool AreEqual(IReadOnlyList<ToolCall>? one, IReadOnlyList<ToolCall>? other) => (one ?? []).SequenceEqual(other ?? []);
}
