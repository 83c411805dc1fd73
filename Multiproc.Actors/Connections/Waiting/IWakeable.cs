namespace Multiproc.Connections;

/// <summary>A sleeper that waits until a descriptor is ready, and can be woken to check again. Spurious wakes are harmless.</summary>
internal interface IWakeable
{
    void Wake();
}
