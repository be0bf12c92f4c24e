namespace FedAi.Runners.Calls;

/// <summary>Waits for a marker, with any white space before it. The marker's first character comes in it only once.</summary>
internal struct TagMatch(string tag)
{
    private int matched;

    public CallStep Push(char next)
    {
        if (matched == 0 && char.IsWhiteSpace(next)) return CallStep.More;
        if (tag[matched] != next)
        {
            matched = 0;
            return CallStep.Failed;
        }
        return ++matched == tag.Length ? CallStep.Done : CallStep.More;
    }
}
