-- A version that came as .proto text keeps it as it came. NULL: it came as a descriptor.
ALTER TABLE version_source ADD COLUMN text TEXT;
