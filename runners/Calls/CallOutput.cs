using System.Text;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.Calls;

/// <summary>What a parser made of an answer: text and pieces of calls since they were last taken, and every call so far.</summary>
internal sealed class CallOutput(Func<string> newId)
{
    private readonly StringBuilder text = new();
    private readonly List<ToolCallDelta> pieces = [];

    /// <summary>Calls that have begun.</summary>
    public int Calls { get; private set; }

    public void Text(char next) => text.Append(next);

    public void Text(StringBuilder held)
    {
        text.Append(held);
        held.Clear();
    }

    public void Begin(string name) => pieces.Add(new() { Index = Calls++, Id = newId(), Name = name, Arguments = "" });

    /// <summary>More arguments of the call that began last.</summary>
    public void Arguments(string json)
    {
        if (json.Length == 0) return;
        if (pieces.Count > 0 && pieces[^1].Index == Calls - 1) pieces[^1] = pieces[^1] with { Arguments = pieces[^1].Arguments + json };
        else pieces.Add(new() { Index = Calls - 1, Arguments = json });
    }

    public (string Text, IReadOnlyList<ToolCallDelta>? Calls) Take()
    {
        var taken = (text.ToString(), pieces.Count == 0 ? null : (IReadOnlyList<ToolCallDelta>)[.. pieces]);
        text.Clear();
        pieces.Clear();
        return taken;
    }
}
