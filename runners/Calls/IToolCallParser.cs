namespace FedAi.Runners.Calls;

/// <summary>Finds calls in an answer that comes in pieces, however it is cut. Pure but for what it remembers of one answer.</summary>
internal interface IToolCallParser
{
    void Push(ReadOnlySpan<char> piece);

    /// <summary>No more comes: what was held back for a call that did not come is text.</summary>
    void Finish();
}
