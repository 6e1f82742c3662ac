import { useId } from 'react';
import { fitsHeader } from './credentials.ts';

export type TextFieldProps = {
  readonly label: string;
  /** The request header that carries it. */
  readonly header?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly secret?: boolean;
  /** Whether any text is valid, because it is encoded before it is sent. */
  readonly anyText?: boolean;
  readonly disabled?: boolean;
  readonly hint?: string;
};

/** A text field that says what is wrong with its value. */
export function TextField({ label, header, value, onChange, secret, anyText, disabled, hint }: TextFieldProps) {
  const id = useId();
  const wrong = !anyText && !fitsHeader(value);
  return (
    <div className="field">
      <label htmlFor={id} className="label">
        {label} {header !== undefined && <code>{header}</code>}
      </label>
      <input
        id={id}
        type={secret ? 'password' : 'text'}
        autoComplete="off"
        spellCheck={false}
        value={value}
        disabled={disabled}
        aria-invalid={wrong}
        aria-describedby={wrong || hint !== undefined ? `${id}-hint` : undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {(wrong || hint !== undefined) && (
        <span id={`${id}-hint`} className={wrong ? 'wrong' : 'hint'}>
          {wrong ? 'A header can carry only printable ASCII characters, so this value is not sent.' : hint}
        </span>
      )}
    </div>
  );
}
