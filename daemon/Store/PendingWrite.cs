using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>A write on its way to the writer thread.</summary>
internal sealed class PendingWrite(Func<Statements, Refusal?> run, Durability durability, bool hurry)
{
    private readonly TaskCompletionSource<Refusal?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Refusal? answer;

    public Durability Durability => durability;

    /// <summary>Whether the batch goes at once instead of waiting for more.</summary>
    public bool Hurry => hurry;

    public Task<Refusal?> Done => done.Task;

    public void Run(Statements statements) => answer = run(statements);

    /// <summary>The batch is committed: hand over what the write itself answered.</summary>
    public void Committed() => done.TrySetResult(answer);

    /// <summary>The batch was not committed.</summary>
    public void Refuse(Refusal refusal) => done.TrySetResult(refusal);

    /// <summary>The write itself is wrong: a bug of its caller, who gets the exception.</summary>
    public void Fail(Exception exception) => done.TrySetException(exception);
}
