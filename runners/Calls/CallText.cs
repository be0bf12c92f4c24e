using System.Text;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.Calls;

/// <summary>One object of a call and its way into the output; until it is certain to be one, its text is held back.</summary>
internal sealed class CallText(CallOutput output, IReadOnlySet<string> tools, bool needsArguments)
{
    private CallReader reader = new(tools);
    private bool begun;

    /// <summary>A new object, or none: with <see cref="Push"/> the first of its characters comes.</summary>
    public void Start() => (reader, begun) = (new(tools), false);

    /// <summary>Held is what to give out as text if this is no call; it is emptied when it is one.</summary>
    public CallStep Push(char next, StringBuilder held)
    {
        var step = reader.Push(next);
        if (step == CallStep.Done && !reader.HasArguments && needsArguments) step = CallStep.Failed;
        if (!begun && output.Calls >= ToolCalls.MaxCalls) step = CallStep.Failed;
        if (!begun && reader.Name is { } name && step != CallStep.Failed && (reader.HasArguments || step == CallStep.Done))
        {
            begun = true;
            output.Begin(name);
        }
        if (begun) output.Arguments(step == CallStep.Done && !reader.HasArguments ? "{}" : reader.TakeArguments());
        // What fails after the call has begun is lost: its arguments are with the client already.
        if (begun) held.Clear();
        else held.Append(next);
        return step;
    }
}
