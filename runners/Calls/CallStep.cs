namespace FedAi.Runners.Calls;

/// <summary>Where the reader of a call stands after a character.</summary>
internal enum CallStep
{
    More,
    Done,

    /// <summary>This is no call, so what was read is text after all.</summary>
    Failed,
}
