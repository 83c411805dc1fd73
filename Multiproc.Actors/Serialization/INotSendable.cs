namespace Multiproc.Serialization;

/// <summary>Marks types that are usable only in the process that created them, so that the error names the type rather than some field deep inside.</summary>
internal interface INotSendable;
