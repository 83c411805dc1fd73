namespace Multiproc.Python.Referents;

/// <summary>The thread of a Python program that makes a call.</summary>
internal interface IClient
{
    /// <summary>Makes a call that may wait. When the thread's connection ends meanwhile, the token ends the wait.</summary>
    T Wait<T>(Func<CancellationToken, T> wait);

    /// <summary>Waits as a party of others, who are told when the client ends: its wait is not given up before that.</summary>
    T WaitAsParty<T>(Func<CancellationToken, T> wait);

    /// <summary>Notes what to do once the thread has read the answer to this call, and what if it dies before that.</summary>
    void WhenRead(Action done, Action otherwise);
}
